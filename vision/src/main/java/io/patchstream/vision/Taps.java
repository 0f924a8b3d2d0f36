package io.patchstream.vision;

import io.patchstream.vision.model.Preprocessing.Interpolation;

/**
 * One axis of a resampling: for each output position, which input positions it reads and with what weight. Pillow's
 * {@code precompute_coeffs} and {@code normalize_coeffs_8bpc}: weights in double precision, normalised to a sum of 1,
 * rounded half away from zero to {@value #PRECISION_BITS} fractional bits. Immutable.
 */
final class Taps {
    /** Fractional bits of a weight: 32 less 8 for the pixel and 2 for the overshoot of the cubic kernel. */
    static final int PRECISION_BITS = 32 - 8 - 2;

    /** What a sum of weighted pixels starts from, so that shifting it right rounds half up. */
    static final int HALF = 1 << (PRECISION_BITS - 1);

    private final int[] first;
    private final int[] count;
    private final int[] weights;
    private final int stride;
    private final boolean identity;

    private Taps(int[] first, int[] count, int[] weights, int stride, boolean identity) {
        this.first = first;
        this.count = count;
        this.weights = weights;
        this.stride = stride;
        this.identity = identity;
    }

    /**
     * The taps of the output positions {@code [from, from + length)} of an axis that is resized whole.
     *
     * @param in the input's length in pixels
     * @param out the length in pixels to which the whole input is resized
     * @param antialias whether the kernel widens with the scale when shrinking; else it reads as when enlarging
     */
    static Taps of(int in, int out, int from, int length, Interpolation interpolation, boolean antialias) {
        double scale = (double) in / out;
        double filterScale = antialias ? Math.max(scale, 1) : 1;
        double support = support(interpolation) * filterScale;
        double perFilterScale = 1.0 / filterScale;
        int stride = ((int) Math.ceil(support) * 2 + 1 + 3) / 4 * 4;
        int[] first = new int[length];
        int[] count = new int[length];
        int[] weights = new int[length * stride];
        double[] exact = new double[stride];
        for (int i = 0; i < length; i++) {
            double centre = (from + i + 0.5) * scale;
            int begin = Math.max((int) (centre - support + 0.5), 0);
            int end = Math.min((int) (centre + support + 0.5), in);
            double sum = 0;
            for (int x = begin; x < end; x++) {
                double w = kernel(interpolation, (x - centre + 0.5) * perFilterScale);
                exact[x - begin] = w;
                sum += w;
            }
            first[i] = begin;
            count[i] = end - begin;
            for (int k = 0; k < end - begin; k++) {
                double w = sum == 0 ? exact[k] : exact[k] / sum;
                weights[i * stride + k] = (int) ((w < 0 ? -0.5 : 0.5) + w * (1 << PRECISION_BITS));
            }
        }
        return new Taps(first, count, weights, stride, in == out && length == out);
    }

    private static double support(Interpolation interpolation) {
        return interpolation == Interpolation.BILINEAR ? 1 : 2;
    }

    private static double kernel(Interpolation interpolation, double at) {
        double x = Math.abs(at);
        if (interpolation == Interpolation.BILINEAR) {
            return x < 1 ? 1 - x : 0;
        }
        double a = -0.5;
        if (x < 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }

    /** How many output positions there are. */
    int length() {
        return first.length;
    }

    /** Whether every output position is the input position of the same number. */
    boolean isIdentity() {
        return identity;
    }

    /** The first input position that output {@code i} reads. */
    int first(int i) {
        return first[i];
    }

    /** How many input positions output {@code i} reads. */
    int count(int i) {
        return count[i];
    }

    /** Where the weights of output {@code i} begin in {@link #weights()}. */
    int offset(int i) {
        return i * stride;
    }

    /** Weights an output, with zeros after the last: a multiple of 4, and at least {@link #count}. */
    int stride() {
        return stride;
    }

    /** All weights; not a copy. */
    int[] weights() {
        return weights;
    }

    /** The last input position that output {@code i} reads. */
    int last(int i) {
        return first[i] + count[i] - 1;
    }

    /** The first input position that any output reads. */
    int begin() {
        return first[0];
    }

    /** One past the last input position that any output reads. */
    int end() {
        return first[first.length - 1] + count[count.length - 1];
    }
}
