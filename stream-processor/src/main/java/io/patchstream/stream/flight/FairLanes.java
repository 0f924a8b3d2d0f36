package io.patchstream.stream.flight;

import io.patchstream.stream.frame.FrameSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A queue with a lane for each camera of each source and an express lane for what somebody waits for. Takes from the
 * express lane first, then one from each lane in turn, so that no camera can crowd out another; within a lane, first in,
 * first out.
 *
 * <p>Not thread-safe: its owner's lock guards it.
 *
 * @param <E> what queues
 */
public final class FairLanes<E> {
    private final Function<E, PendingFrame> frameOf;
    private final ArrayDeque<E> express = new ArrayDeque<>();
    // The lane whose turn it is comes first; one that was served goes to the end.
    private final Map<Lane, ArrayDeque<E>> lanes = new LinkedHashMap<>();
    private int size;

    private record Lane(FrameSource source, String camera) {
        static Lane of(PendingFrame frame) {
            return new Lane(frame.source(), frame.camera());
        }
    }

    public FairLanes(Function<E, PendingFrame> frameOf) {
        this.frameOf = frameOf;
    }

    public int size() {
        return size;
    }

    /** Whether somebody waits for something in here. */
    public boolean hasExpress() {
        return !express.isEmpty();
    }

    /** Adds at the end of its lane. */
    public void add(E element) {
        PendingFrame frame = frameOf.apply(element);
        if (frame.isPromoted()) {
            express.add(element);
        } else {
            lanes.computeIfAbsent(Lane.of(frame), l -> new ArrayDeque<>()).add(element);
        }
        size++;
    }

    /** The next one, or null. */
    public E poll() {
        E element = express.poll();
        if (element == null) {
            Iterator<Map.Entry<Lane, ArrayDeque<E>>> turn = lanes.entrySet().iterator();
            if (!turn.hasNext()) {
                return null;
            }
            Map.Entry<Lane, ArrayDeque<E>> next = turn.next();
            Lane key = next.getKey();
            ArrayDeque<E> lane = next.getValue();
            turn.remove();
            element = lane.poll();
            if (!lane.isEmpty()) {
                lanes.put(key, lane);
            }
        }
        size--;
        return element;
    }

    /** Moves what is queued of a frame to the end of the express lane, in order. */
    public void promote(PendingFrame frame) {
        Lane key = Lane.of(frame);
        ArrayDeque<E> lane = lanes.get(key);
        if (lane == null) {
            return;
        }
        lane.removeIf(element -> {
            boolean its = frameOf.apply(element) == frame;
            if (its) {
                express.add(element);
            }
            return its;
        });
        if (lane.isEmpty()) {
            lanes.remove(key);
        }
    }

    /** Removes all of a source; the caller owns what comes back. */
    public List<E> remove(FrameSource source) {
        List<E> removed = new ArrayList<>();
        express.removeIf(element -> {
            boolean its = frameOf.apply(element).source().equals(source);
            if (its) {
                removed.add(element);
            }
            return its;
        });
        lanes.entrySet().removeIf(lane -> {
            boolean its = lane.getKey().source().equals(source);
            if (its) {
                removed.addAll(lane.getValue());
            }
            return its;
        });
        size -= removed.size();
        return removed;
    }

    /** Removes everything; the caller owns what comes back. */
    public List<E> clear() {
        List<E> removed = new ArrayList<>(express);
        lanes.values().forEach(removed::addAll);
        express.clear();
        lanes.clear();
        size = 0;
        return removed;
    }
}
