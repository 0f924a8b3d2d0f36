package io.patchstream.bench;

import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The part of a round in which neither anything begins nor anything runs out: the frames in its middle, while every
 * stream thread still has some to poll. A round's beginning (the group forms, the first frame is fetched and decoded while
 * the engine has none) and its end (the last frames wait for their commit) take half a second each, whatever its length: a
 * processor that runs for hours has neither.
 *
 * <p>One thread looks, as often as it likes; what is counted is what the engine has answered when it does.
 */
final class SteadyPart {
    private final long before;
    private final long frames;
    private final LongSupplier answered;
    private final Supplier<Spent> spent;
    private final Moment start;
    private Moment began;
    private Moment ended;
    private boolean steady = true;

    /**
     * What has been spent up to a moment.
     *
     * @param nanos by the clock
     * @param transactions that were committed
     */
    record Spent(long nanos, double transactions, ThreadCpu cpu) {}

    private record Moment(long answered, Spent spent) {}

    /**
     * The round begins.
     *
     * @param before frames that are answered first, and are none of it
     * @param frames to measure
     * @param answered how many the engine has answered
     */
    SteadyPart(long before, long frames, LongSupplier answered, Supplier<Spent> spent) {
        this.before = before;
        this.frames = frames;
        this.answered = answered;
        this.spent = spent;
        this.start = now();
    }

    private Moment now() {
        return new Moment(answered.getAsLong(), spent.get());
    }

    /**
     * Looks how far the round is.
     *
     * @param anyOver whether a stream thread has none left to poll
     */
    void look(boolean anyOver) {
        if (began == null) {
            if (!anyOver && answered.getAsLong() - start.answered >= before) {
                began = now();
            }
        } else if (ended == null && (anyOver || answered.getAsLong() - began.answered >= frames)) {
            ended = now();
        }
    }

    /** The round is over. Where it was too short for a steady part, all of it is measured, and {@link #isSteady} says so. */
    void over() {
        if (ended == null || ended.answered == began.answered) {
            began = start;
            ended = now();
            steady = false;
        }
    }

    boolean isSteady() {
        return steady;
    }

    /** Frames that were answered in it. */
    long frames() {
        return ended.answered - began.answered;
    }

    double seconds() {
        return (ended.spent.nanos - began.spent.nanos) / 1e9;
    }

    double transactions() {
        return ended.spent.transactions - began.spent.transactions;
    }

    /** CPU time in milliseconds, by what it was spent for. */
    Map<ThreadCpu.Role, Double> millis() {
        return ended.spent.cpu.since(began.spent.cpu);
    }
}
