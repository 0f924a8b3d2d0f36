package io.patchstream.stream.batch;

import io.patchstream.stream.frame.BatchingStatistics.ServicePoint;
import java.util.List;
import java.util.stream.IntStream;

/**
 * s(b): how long this device takes for a batch of b pictures, learned from every batch that it runs (exponentially
 * weighted mean per size). The best size is the one with the highest b / s(b), and a larger one has to earn its place: it
 * must be 5 % better than the next smaller choice, because it costs latency.
 *
 * <p>Under a time budget only sizes count whose slow batches (mean and twice the mean deviation, near the 95th percentile)
 * stay within it. For a size not yet seen, {@link #expected} takes the line through the sizes that were; it never falls as
 * the batch grows.
 *
 * <p>On a CPU this ends at one or two; on a GPU at eight and more. No setting says which. One batch in sixty-four tries
 * twice or half the best size, so that a first impression is not for ever. A frozen curve learns nothing and tries nothing.
 *
 * <p>Shared by the infer threads.
 */
public final class ServiceCurve {
    private static final double WEIGHT = 0.2;
    private static final double WORTH_WAITING_FOR = 1.05;
    private static final int TRY_EVERY = 64;

    private static final double SLOW = 2;

    private final double[] seconds;
    private final double[] deviation;
    private final double budget;
    private int asked;
    private boolean frozen;

    /** A curve without a time budget: the highest throughput. */
    public ServiceCurve(int maxBatch) {
        this(maxBatch, Double.POSITIVE_INFINITY);
    }

    /**
     * A curve whose best size keeps to a budget.
     *
     * @param budget seconds that a slow batch may take, by the clock that the curve is kept in
     */
    public ServiceCurve(int maxBatch, double budget) {
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch is " + maxBatch + "; it must be at least 1");
        }
        if (!(budget > 0)) {
            throw new IllegalArgumentException("budget is " + budget + " s; it must be above 0");
        }
        this.seconds = new double[maxBatch + 1];
        this.deviation = new double[maxBatch + 1];
        this.budget = budget;
    }

    /** From now on batches teach it nothing; only {@link #become} changes it. */
    public synchronized void freeze() {
        frozen = true;
    }

    /** A batch of {@code size} pictures took {@code nanos} of whatever clock this curve is kept in. */
    public synchronized void observe(int size, long nanos) {
        if (frozen) {
            return;
        }
        double now = Math.max(1, nanos) / 1e9;
        if (seconds[size] == 0) {
            seconds[size] = now;
        } else {
            deviation[size] += WEIGHT * (Math.abs(now - seconds[size]) - deviation[size]);
            seconds[size] += WEIGHT * (now - seconds[size]);
        }
    }

    /** As if batches of {@code size} had been run that took so long, for instance by a saved profile. */
    public synchronized void learn(int size, double meanSeconds, double meanDeviation) {
        seconds[size] = meanSeconds;
        deviation[size] = meanDeviation;
    }

    /** What is known, by size. */
    public synchronized List<ServicePoint> points() {
        return IntStream.range(1, seconds.length)
                .filter(b -> seconds[b] > 0)
                .mapToObj(b -> new ServicePoint(b, seconds[b], slow(b)))
                .toList();
    }

    /** Forgets what it learned for what {@code other} did: another model is in force. Both are for batches up to one size. */
    public void become(ServiceCurve other) {
        double[] otherSeconds;
        double[] otherDeviation;
        synchronized (other) {
            otherSeconds = other.seconds.clone();
            otherDeviation = other.deviation.clone();
        }
        if (otherSeconds.length != seconds.length) {
            throw new IllegalArgumentException("the other curve is for batches up to " + (otherSeconds.length - 1)
                    + "; this one for up to " + (seconds.length - 1));
        }
        synchronized (this) {
            System.arraycopy(otherSeconds, 0, seconds, 0, seconds.length);
            System.arraycopy(otherDeviation, 0, deviation, 0, deviation.length);
        }
    }

    /** s(size) in seconds, or 0 where nothing is known. */
    public synchronized double seconds(int size) {
        return seconds[size];
    }

    /**
     * What a slow batch of {@code size} is expected to take, in seconds: never less than a smaller one's; for a size not
     * seen, by the least-squares line through those that were; 0 when none was.
     */
    public synchronized double expected(int size) {
        double slowest = 0;
        double count = 0;
        double sumB = 0;
        double sumS = 0;
        double sumBb = 0;
        double sumBs = 0;
        for (int b = 1; b < seconds.length; b++) {
            if (seconds[b] > 0) {
                double slow = slow(b);
                slowest = b <= size ? Math.max(slowest, slow) : slowest;
                count++;
                sumB += b;
                sumS += slow;
                sumBb += (double) b * b;
                sumBs += b * slow;
            }
        }
        if (count == 0 || (size < seconds.length && seconds[size] > 0)) {
            return slowest;
        }
        double spread = count * sumBb - sumB * sumB;
        // One point says nothing of a slope: it is taken for a line through 0, which never invites to wait.
        double slope = spread == 0 ? sumS / sumB : Math.max(0, (count * sumBs - sumB * sumS) / spread);
        double start = spread == 0 ? 0 : Math.max(0, (sumS - slope * sumB) / count);
        return Math.max(slowest, start + slope * size);
    }

    private double slow(int b) {
        return seconds[b] + SLOW * deviation[b];
    }

    /** The size to gather next, at most {@code limit}. */
    public synchronized int target(int limit) {
        int best = best(limit);
        if (frozen || ++asked % TRY_EVERY != 0) {
            return best;
        }
        int larger = Math.min(limit, best * 2);
        boolean tryLarger = asked / TRY_EVERY % 2 != 0 && expected(larger) <= budget;
        return tryLarger ? larger : Math.max(1, best / 2);
    }

    /** The size with the highest b / s(b) of those seen within the budget, at most {@code limit}; 1 when none was. */
    public synchronized int best(int limit) {
        int best = 1;
        for (int b = 2; b <= Math.min(limit, seconds.length - 1); b++) {
            if (seconds[b] > 0 && slow(b) <= budget && rate(b) > rate(best) * WORTH_WAITING_FOR) {
                best = b;
            }
        }
        return best;
    }

    /** Pictures per second of one runner at the best size; 0 when nothing is known. */
    public synchronized double picturesPerSecond() {
        return rate(best(seconds.length - 1));
    }

    private double rate(int b) {
        return seconds[b] == 0 ? 0 : b / seconds[b];
    }
}
