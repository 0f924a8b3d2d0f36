package io.patchstream.trainer.export;

/** How an activation's range is chosen from what it was seen to be. Which is best depends on the model, so all are tried. */
enum RangeMethod {
    /** All that was seen. */
    MIN_MAX {
        @Override
        ActivationRange range(ActivationHistogram seen) {
            return ActivationRange.holding(seen.min(), seen.max());
        }
    },
    /** All but one value in a hundred thousand at each end. */
    PERCENTILE_99_999 {
        @Override
        ActivationRange range(ActivationHistogram seen) {
            return ActivationRange.holding(seen.quantile(1e-5), seen.quantile(1 - 1e-5));
        }
    },
    /** All but one value in ten thousand at each end. */
    PERCENTILE_99_99 {
        @Override
        ActivationRange range(ActivationHistogram seen) {
            return ActivationRange.holding(seen.quantile(1e-4), seen.quantile(1 - 1e-4));
        }
    },
    /** The least sum of squared errors of rounding (inside) and clipping (outside), each end shrunk by itself. */
    LEAST_SQUARES {
        @Override
        ActivationRange range(ActivationHistogram seen) {
            ActivationRange whole = MIN_MAX.range(seen);
            ActivationRange best = whole;
            double least = Double.POSITIVE_INFINITY;
            for (int low = STEPS; low > STEPS / 4; low--) {
                for (int high = STEPS; high > STEPS / 4; high--) {
                    ActivationRange candidate =
                            ActivationRange.holding(whole.min() * low / STEPS, whole.max() * high / STEPS);
                    double error = squaredError(seen, candidate);
                    if (error < least) {
                        least = error;
                        best = candidate;
                    }
                }
            }
            return best;
        }
    };

    private static final int STEPS = 32;

    abstract ActivationRange range(ActivationHistogram seen);

    private static double squaredError(ActivationHistogram seen, ActivationRange range) {
        double rounding = (double) range.scale() * range.scale() / 12;
        double error = 0;
        for (int i = 0; i < ActivationHistogram.BINS; i++) {
            long count = seen.count(i);
            if (count > 0) {
                double value = seen.centre(i);
                double outside = Math.max(Math.max(range.min() - value, value - range.max()), 0);
                error += count * Math.max(rounding, outside * outside);
            }
        }
        return error;
    }
}
