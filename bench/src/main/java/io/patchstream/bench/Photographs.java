package io.patchstream.bench;

import io.patchstream.vision.RgbImage;
import java.util.Random;

/**
 * Pictures that cost a decoder about what photographs do: smooth waves, edges of discs, and grain. A JPEG of 1920 x 1080 at
 * quality 90 has some 300 to 400 KB, as one from a camera does.
 */
public final class Photographs {
    private static final double GRAIN = 3;
    private static final int DISCS = 40;

    private Photographs() {}

    /** The same seed paints the same picture. */
    public static RgbImage paint(int height, int width, long seed) {
        return paint(height, width, seed, 0);
    }

    /** As {@link #paint(int, int, long)}, moved on by {@code shift} pixels: one frame after another. */
    static RgbImage paint(int height, int width, long seed, int shift) {
        Random random = new Random(seed);
        double[] phases = random.doubles(6, 0, 2 * Math.PI).toArray();
        double[][] discs = new double[DISCS][];
        for (int i = 0; i < DISCS; i++) {
            discs[i] = new double[] {
                random.nextDouble() * width,
                random.nextDouble() * height,
                random.nextDouble() * height / 6,
                random.nextDouble() * 120 - 60
            };
        }
        byte[] pixels = new byte[height * width * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double u = x + shift;
                double light = 128 + 50 * Math.sin(u / 97 + phases[0]) + 40 * Math.sin((y + u / 3) / 61 + phases[1]);
                for (double[] disc : discs) {
                    double dx = u - disc[0];
                    double dy = y - disc[1];
                    light += dx * dx + dy * dy < disc[2] * disc[2] ? disc[3] : 0;
                }
                double grain = random.nextGaussian() * GRAIN;
                int at = (y * width + x) * 3;
                pixels[at] = clamp(light + grain + 20 * Math.sin(u / 53 + phases[2]));
                pixels[at + 1] = clamp(light + grain);
                pixels[at + 2] = clamp(light + grain + 20 * Math.sin(y / 41.0 + phases[3]));
            }
        }
        return new RgbImage(height, width, pixels);
    }

    private static byte clamp(double value) {
        return (byte) Math.max(0, Math.min(255, Math.round(value)));
    }
}
