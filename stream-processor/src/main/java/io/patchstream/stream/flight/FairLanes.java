package io.patchstream.stream.flight;

import io.patchstream.stream.frame.FrameSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A queue with a lane for each camera of each source and an express lane for what somebody waits for. Takes from the
 * express lane first, then one from each lane in {@link Turns turn}, so that no camera can crowd out another; within a
 * lane, first in, first out.
 *
 * <p>Not thread-safe: its owner's lock guards it.
 *
 * @param <E> what queues
 */
public final class FairLanes<E> {
    private final Function<E, PendingFrame> frameOf;
    private final Turns turns;
    private final ArrayDeque<E> express = new ArrayDeque<>();
    private final Map<Lane, Waiting<E>> lanes = new HashMap<>();
    private final TreeMap<Long, Waiting<E>> inTurn = new TreeMap<>();
    private int size;

    /** A lane that is not empty, and its place in turn. */
    private static final class Waiting<E> {
        private final Lane lane;
        private final ArrayDeque<E> elements = new ArrayDeque<>();
        private long turn;

        private Waiting(Lane lane) {
            this.lane = lane;
        }
    }

    /**
     * An empty queue.
     *
     * @param turns remembers who was served when
     */
    public FairLanes(Function<E, PendingFrame> frameOf, Turns turns) {
        this.frameOf = frameOf;
        this.turns = turns;
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
            lanes.computeIfAbsent(Lane.of(frame), this::queue).elements.add(element);
        }
        size++;
    }

    private Waiting<E> queue(Lane lane) {
        Waiting<E> waiting = new Waiting<>(lane);
        line(waiting);
        return waiting;
    }

    private void line(Waiting<E> waiting) {
        waiting.turn = turns.of(waiting.lane);
        inTurn.put(waiting.turn, waiting);
    }

    /** The next one, or null. */
    public E poll() {
        E element = express.poll();
        if (element == null) {
            Map.Entry<Long, Waiting<E>> next = inTurn.pollFirstEntry();
            if (next == null) {
                return null;
            }
            Waiting<E> waiting = next.getValue();
            element = waiting.elements.poll();
            turns.served(waiting.lane);
            if (waiting.elements.isEmpty()) {
                lanes.remove(waiting.lane);
            } else {
                line(waiting);
            }
        }
        size--;
        return element;
    }

    /** A frame that was polled last of its lane was too late: the lane has its turn again. */
    public void missed(PendingFrame frame) {
        Lane lane = Lane.of(frame);
        turns.missed(lane);
        Waiting<E> waiting = lanes.get(lane);
        if (waiting != null) {
            inTurn.remove(waiting.turn);
            line(waiting);
        }
    }

    /** Moves what is queued of a frame to the end of the express lane, in order. */
    public void promote(PendingFrame frame) {
        Waiting<E> waiting = lanes.get(Lane.of(frame));
        if (waiting == null) {
            return;
        }
        waiting.elements.removeIf(element -> {
            boolean its = frameOf.apply(element) == frame;
            if (its) {
                express.add(element);
            }
            return its;
        });
        if (waiting.elements.isEmpty()) {
            forget(waiting);
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
        for (Waiting<E> waiting : List.copyOf(inTurn.values())) {
            if (waiting.lane.source().equals(source)) {
                removed.addAll(waiting.elements);
                forget(waiting);
            }
        }
        size -= removed.size();
        return removed;
    }

    private void forget(Waiting<E> waiting) {
        lanes.remove(waiting.lane);
        inTurn.remove(waiting.turn);
    }

    /** Removes everything; the caller owns what comes back. */
    public List<E> clear() {
        List<E> removed = new ArrayList<>(express);
        inTurn.values().forEach(waiting -> removed.addAll(waiting.elements));
        express.clear();
        lanes.clear();
        inTurn.clear();
        size = 0;
        return removed;
    }
}
