package io.patchstream.trainer.data;

import java.util.Arrays;

/**
 * Examples that a model has not learned from, divided by a fixed seed so that nothing is counted on what it was chosen on:
 * half for the temperature, a quarter for the limits that are taken of its probabilities, a quarter to count on.
 *
 * @param temperature the temperature is fitted on these
 * @param limits conformal threshold and limits of distance are chosen on these
 * @param rest both are counted on these
 */
public record CalibrationSplit(Dataset temperature, Dataset limits, Dataset rest) {
    private static final long SEED = 11;

    /** Of a whole data set, for its pictures. */
    public static CalibrationSplit of(Dataset whole) {
        Parts parts = parts(whole.size());
        return new CalibrationSplit(
                Subset.of(whole, parts.temperature), Subset.of(whole, parts.limits), Subset.of(whole, parts.rest));
    }

    /** Of so many examples, for their places. */
    public static Parts parts(int size) {
        int[] order = SampleSeed.permutation(SEED, 0, size);
        int half = size / 2;
        int border = half + (size - half) / 2;
        return new Parts(
                Arrays.copyOfRange(order, 0, half),
                Arrays.copyOfRange(order, half, border),
                Arrays.copyOfRange(order, border, size));
    }

    /** Places of examples. Immutable by agreement: nobody writes into its arrays. */
    public static final class Parts {
        private final int[] temperature;
        private final int[] limits;
        private final int[] rest;

        private Parts(int[] temperature, int[] limits, int[] rest) {
            this.temperature = temperature;
            this.limits = limits;
            this.rest = rest;
        }

        public int[] temperature() {
            return temperature;
        }

        public int[] limits() {
            return limits;
        }

        public int[] rest() {
            return rest;
        }

        /** All that the temperature was not fitted on. */
        public int[] untouched() {
            int[] both = Arrays.copyOf(limits, limits.length + rest.length);
            System.arraycopy(rest, 0, both, limits.length, rest.length);
            return both;
        }
    }
}
