package io.patchstream.trainer.augment;

import java.util.SplittableRandom;

/**
 * Mixup (Zhang et al. 2018): pictures are blended with other pictures of their batch, and so are their targets.
 *
 * @param alpha of the Beta(alpha, alpha) distribution that the share is drawn from; more is stronger
 */
public record Mixup(double alpha) {
    public Mixup {
        if (!(alpha > 0)) {
            throw new IllegalArgumentException("mixup's alpha is " + alpha + "; it must be more than 0");
        }
    }

    /** The larger share of one blend, from 0.5 to 1. */
    public double share(SplittableRandom random) {
        double a = gamma(alpha, random);
        double b = gamma(alpha, random);
        double share = a + b > 0 ? a / (a + b) : 1;
        return Math.max(share, 1 - share);
    }

    /**
     * Blends picture i with picture B-1-i, in place.
     *
     * @param pixels uint8 {@code [B, ...]}
     * @param targets {@code [B, K]}
     * @param size B
     * @param share of picture i, from 0.5 to 1
     */
    public static void blend(byte[] pixels, float[] targets, int size, double share) {
        int bytes = pixels.length / size;
        int classes = targets.length / size;
        // In 1/256: whole numbers give the same bits everywhere.
        int mine = (int) Math.round(share * 256);
        for (int i = 0, j = size - 1; i < j; i++, j--) {
            for (int k = 0; k < bytes; k++) {
                int a = pixels[i * bytes + k] & 0xFF;
                int b = pixels[j * bytes + k] & 0xFF;
                pixels[i * bytes + k] = (byte) ((a * mine + b * (256 - mine) + 128) >> 8);
                pixels[j * bytes + k] = (byte) ((b * mine + a * (256 - mine) + 128) >> 8);
            }
            for (int k = 0; k < classes; k++) {
                float a = targets[i * classes + k];
                float b = targets[j * classes + k];
                targets[i * classes + k] = (a * mine + b * (256 - mine)) / 256;
                targets[j * classes + k] = (b * mine + a * (256 - mine)) / 256;
            }
        }
    }

    /** Marsaglia and Tsang's method; below 1 by the power of a uniform. */
    private static double gamma(double shape, SplittableRandom random) {
        if (shape < 1) {
            return gamma(shape + 1, random) * Math.pow(random.nextDouble(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = 1 + c * x;
            if (v > 0) {
                v = v * v * v;
                if (Math.log(1 - random.nextDouble()) < x * x / 2 + d - d * v + d * Math.log(v)) {
                    return d * v;
                }
            }
        }
    }
}
