package io.patchstream.stream.batch;

import io.patchstream.stream.flight.FairLanes;
import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.flight.PendingPicture;
import io.patchstream.stream.flight.Tenure;
import io.patchstream.stream.flight.Turns;
import io.patchstream.stream.frame.FrameSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Fair lanes for each tenure that has pictures ready: of one as a rule, of two while a model takes over from another. A
 * batch is drawn from one of them, so that it is of one model. The older goes first, but what somebody waits for goes
 * before all.
 *
 * <p>Not thread-safe: its owner's lock guards it.
 */
final class ReadyLanes<E> {
    private final Function<E, PendingPicture> pictureOf;
    private final Turns turns;
    private final TreeMap<Tenure, FairLanes<E>> byTenure = new TreeMap<>(Comparator.comparingInt(Tenure::number));

    ReadyLanes(Function<E, PendingPicture> pictureOf, Turns turns) {
        this.pictureOf = pictureOf;
        this.turns = turns;
    }

    int size() {
        int size = 0;
        for (FairLanes<E> lanes : byTenure.values()) {
            size += lanes.size();
        }
        return size;
    }

    /** Whether there are pictures of a model that is no longer in force: few more of them will come. */
    boolean hasRetired() {
        return !byTenure.isEmpty() && byTenure.firstKey().isRetired();
    }

    void add(E element) {
        byTenure.computeIfAbsent(
                        pictureOf.apply(element).tenure(),
                        t -> new FairLanes<>(e -> pictureOf.apply(e).frame(), turns))
                .add(element);
    }

    /** How many pictures the next batch may be drawn from. */
    int inTurn() {
        return byTenure.isEmpty() ? 0 : turn().size();
    }

    /** What the next batch is drawn from; there is something ready. */
    Draw draw() {
        FairLanes<E> lanes = turn();
        return new Draw(lanes, lanes != byTenure.firstEntry().getValue());
    }

    /** The pictures of one model, in turn. Ones that overtake an older model's do so only if somebody waits for them. */
    final class Draw {
        private final FairLanes<E> lanes;
        private final boolean overtaking;

        private Draw(FairLanes<E> lanes, boolean overtaking) {
            this.lanes = lanes;
            this.overtaking = overtaking;
        }

        /** The next one, or null. */
        E next() {
            if (lanes.size() == 0 || overtaking && !lanes.hasExpress()) {
                return null;
            }
            E element = lanes.poll();
            if (lanes.size() == 0) {
                forgetEmpty();
            }
            return element;
        }

        /** The last one that came was too late: its camera has its turn again. */
        void missed(PendingFrame frame) {
            lanes.missed(frame);
        }
    }

    private FairLanes<E> turn() {
        for (FairLanes<E> lanes : byTenure.values()) {
            if (lanes.hasExpress()) {
                return lanes;
            }
        }
        return byTenure.firstEntry().getValue();
    }

    void promote(PendingFrame frame) {
        byTenure.values().forEach(lanes -> lanes.promote(frame));
    }

    /** Removes all of a source; the caller owns what comes back. */
    List<E> remove(FrameSource source) {
        List<E> removed = new ArrayList<>();
        byTenure.values().forEach(lanes -> removed.addAll(lanes.remove(source)));
        forgetEmpty();
        return removed;
    }

    /** Removes everything; the caller owns what comes back. */
    List<E> clear() {
        List<E> removed = new ArrayList<>();
        byTenure.values().forEach(lanes -> removed.addAll(lanes.clear()));
        forgetEmpty();
        return removed;
    }

    private void forgetEmpty() {
        byTenure.values().removeIf(lanes -> lanes.size() == 0);
    }
}
