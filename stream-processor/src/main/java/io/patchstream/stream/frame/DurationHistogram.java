package io.patchstream.stream.frame;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts how long things took, in buckets. From any thread, without a lock. */
public final class DurationHistogram {
    private final List<Double> bounds;
    private final List<LongAdder> buckets;
    private final DoubleAdder sum = new DoubleAdder();

    /**
     * What was counted; the buckets and the sum may be apart by what was added meanwhile.
     *
     * @param bounds each bucket's upper bound, seconds, ascending; the last is infinity
     * @param counts how many were in each bucket, and in no lower one
     * @param sumSeconds of all together
     */
    public record Counts(List<Double> bounds, List<Long> counts, double sumSeconds) {
        public Counts {
            bounds = List.copyOf(bounds);
            counts = List.copyOf(counts);
        }

        /** How many there were. */
        public long total() {
            return counts.stream().mapToLong(Long::longValue).sum();
        }
    }

    private DurationHistogram(List<Double> bounds) {
        this.bounds = bounds;
        this.buckets = bounds.stream().map(bound -> new LongAdder()).toList();
    }

    /**
     * Bounds that double, and infinity behind them.
     *
     * @param firstSeconds the lowest bound, above 0
     * @param bounds how many finite ones, at least 1
     */
    public static DurationHistogram doubling(double firstSeconds, int bounds) {
        if (!(firstSeconds > 0) || bounds < 1) {
            throw new IllegalArgumentException(bounds + " bounds from " + firstSeconds + " s on are no histogram");
        }
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < bounds; i++) {
            all.add(Math.scalb(firstSeconds, i));
        }
        all.add(Double.POSITIVE_INFINITY);
        return new DurationHistogram(List.copyOf(all));
    }

    /** Of what does not measure. */
    public static Counts none() {
        return new Counts(List.of(Double.POSITIVE_INFINITY), List.of(0L), 0);
    }

    /** Counts one; what is below 0, as by two clocks that differ, counts as 0. */
    public void add(double seconds) {
        double counted = Math.max(0, seconds);
        int bucket = 0;
        while (counted > bounds.get(bucket)) {
            bucket++;
        }
        buckets.get(bucket).increment();
        sum.add(counted);
    }

    /** What was counted so far. */
    public Counts counts() {
        return new Counts(bounds, buckets.stream().map(LongAdder::sum).toList(), sum.sum());
    }
}
