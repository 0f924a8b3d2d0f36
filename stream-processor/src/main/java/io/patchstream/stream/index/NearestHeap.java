package io.patchstream.stream.index;

import java.util.List;
import java.util.PriorityQueue;

/** The {@code k} nearest of those that were offered. For one thread. */
final class NearestHeap {
    private final int k;

    /** The farthest on top. */
    private final PriorityQueue<Neighbour> kept;

    NearestHeap(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k is " + k + "; it must be at least 1");
        }
        this.k = k;
        this.kept = new PriorityQueue<>((one, other) -> Neighbour.compare(other, one));
    }

    void offer(Point point, double distance) {
        if (kept.size() == k && distance > kept.element().distance()) {
            return;
        }
        kept.add(new Neighbour(point, distance));
        if (kept.size() > k) {
            kept.remove();
        }
    }

    /** Nearest first. */
    List<Neighbour> nearestFirst() {
        return kept.stream().sorted(Neighbour::compare).toList();
    }
}
