package io.patchstream.trainer.export;

/**
 * The values that an activation may take once it is uint8; what lies outside is clipped. Holds zero, so that zero stays exact.
 *
 * @param min at most 0
 * @param max at least 0
 */
record ActivationRange(double min, double max) {
    private static final int LEVELS = 255;

    ActivationRange {
        if (!(min <= 0 && max >= 0) || min == max) {
            throw new IllegalArgumentException("activations from " + min + " to " + max + " do not go through zero");
        }
    }

    /** The range, widened to hold zero and to be no point. */
    static ActivationRange holding(double min, double max) {
        double low = Math.min(0, min);
        double high = Math.max(0, max);
        return low == high ? new ActivationRange(0, 1e-6) : new ActivationRange(low, high);
    }

    /** How far apart two levels are. */
    float scale() {
        return (float) ((max - min) / LEVELS);
    }

    /** The level of zero, 0 to 255. */
    int zeroPoint() {
        return (int) Math.max(0, Math.min(LEVELS, Math.round(-min / scale())));
    }
}
