package io.patchstream.trainer.export;

/**
 * How often an activation took which value, in one pass and fixed memory: {@value #BINS} bins of equal width around zero. A
 * value outside makes the bins twice as wide.
 */
final class ActivationHistogram {
    static final int BINS = 4096;
    private static final int HALF = BINS / 2;

    private long[] counts = new long[BINS];
    private double limit = 1.0 / 64;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private long total;

    /**
     * @throws ExportException for a value that is no finite number
     */
    void add(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new ExportException("an activation is " + value + ": the float model itself overflows");
            }
            while (Math.abs(value) >= limit) {
                widen();
            }
            counts[(int) Math.floor(value / limit * HALF) + HALF]++;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        total += values.length;
    }

    private void widen() {
        long[] wider = new long[BINS];
        for (int i = 0; i < BINS; i++) {
            wider[HALF + Math.floorDiv(i - HALF, 2)] += counts[i];
        }
        counts = wider;
        limit *= 2;
    }

    double min() {
        return min;
    }

    double max() {
        return max;
    }

    long total() {
        return total;
    }

    /** How many values bin {@code i} has. */
    long count(int i) {
        return counts[i];
    }

    /** The middle of bin {@code i}. */
    double centre(int i) {
        return (i - HALF + 0.5) / HALF * limit;
    }

    /** A value that this share of all values lies below, to a bin's width; {@code share} from 0 to 1. */
    double quantile(double share) {
        double wanted = share * total;
        long below = 0;
        for (int i = 0; i < BINS; i++) {
            below += counts[i];
            if (below >= wanted && counts[i] > 0) {
                return Math.max(min, Math.min(max, centre(i)));
            }
        }
        return max;
    }
}
