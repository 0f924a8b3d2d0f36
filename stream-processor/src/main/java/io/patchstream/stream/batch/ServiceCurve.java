package io.patchstream.stream.batch;

/**
 * s(b): how long this device takes for a batch of b pictures, learned from every batch that it runs (exponentially
 * weighted mean per size). The best size is the one with the highest b / s(b), and a larger one has to earn its place: it
 * must be 5 % better than the next smaller choice, because it costs latency.
 *
 * <p>On a CPU this ends at one or two; on a GPU at eight and more. No setting says which. One batch in sixty-four tries
 * twice or half the best size, so that a first impression is not for ever.
 *
 * <p>Shared by the infer threads.
 */
public final class ServiceCurve {
    private static final double WEIGHT = 0.2;
    private static final double WORTH_WAITING_FOR = 1.05;
    private static final int TRY_EVERY = 64;

    private final double[] seconds;
    private int asked;

    public ServiceCurve(int maxBatch) {
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch is " + maxBatch + "; it must be at least 1");
        }
        this.seconds = new double[maxBatch + 1];
    }

    /** A batch of {@code size} pictures took {@code nanos} of whatever clock this curve is kept in. */
    public synchronized void observe(int size, long nanos) {
        double now = Math.max(1, nanos) / 1e9;
        seconds[size] = seconds[size] == 0 ? now : seconds[size] + WEIGHT * (now - seconds[size]);
    }

    /** s(size) in seconds, or 0 where nothing is known. */
    public synchronized double seconds(int size) {
        return seconds[size];
    }

    /** The size to gather next, at most {@code limit}. */
    public synchronized int target(int limit) {
        int best = best(limit);
        if (++asked % TRY_EVERY != 0) {
            return best;
        }
        return asked / TRY_EVERY % 2 == 0 ? Math.max(1, best / 2) : Math.min(limit, best * 2);
    }

    /** The size with the highest b / s(b) of those seen, at most {@code limit}; 1 when none was. */
    public synchronized int best(int limit) {
        int best = 1;
        for (int b = 2; b <= Math.min(limit, seconds.length - 1); b++) {
            if (seconds[b] > 0 && rate(b) > rate(best) * WORTH_WAITING_FOR) {
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
