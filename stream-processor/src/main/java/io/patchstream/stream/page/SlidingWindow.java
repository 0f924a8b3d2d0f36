package io.patchstream.stream.page;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** The measurements of the last seconds; the oldest go when there are too many. Guarded by its owner. */
final class SlidingWindow {
    private static final int MOST = 4096;

    private record Sample(long nanos, double value, int weight) {}

    private final long spanNanos;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long began = Long.MIN_VALUE;

    SlidingWindow(long spanNanos) {
        this.spanNanos = spanNanos;
    }

    /** Enters {@code value}, which stands for {@code weight} pictures. */
    void add(long nanos, double value, int weight) {
        forget(nanos);
        if (samples.isEmpty()) {
            began = nanos;
        }
        samples.add(new Sample(nanos, value, weight));
        if (samples.size() > MOST) {
            samples.remove();
            began = samples.element().nanos;
        }
    }

    private void forget(long now) {
        while (!samples.isEmpty() && now - samples.element().nanos > spanNanos) {
            samples.remove();
            began = now - spanNanos;
        }
    }

    /** Pictures in a second; 0 before there can be one. */
    double perSecond(long now) {
        forget(now);
        // The window is not full in its first seconds.
        double seconds = Math.min(spanNanos, now - began) / 1e9;
        long pictures = samples.stream().mapToLong(Sample::weight).sum();
        return samples.isEmpty() || seconds < 0.5 ? 0 : pictures / seconds;
    }

    /** What {@code part} of all values stay within; NaN when there are none. */
    double quantile(double part, long now) {
        forget(now);
        double[] sorted = samples.stream().mapToDouble(Sample::value).toArray();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.max(0, Math.ceil(part * sorted.length) - 1)];
    }

    /** NaN when there are none. */
    double mean(long now) {
        forget(now);
        return samples.stream().mapToDouble(Sample::value).average().orElse(Double.NaN);
    }
}
