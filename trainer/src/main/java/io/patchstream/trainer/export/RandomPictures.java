package io.patchstream.trainer.export;

import java.util.Random;

/**
 * Pictures of nothing: smooth waves of colour with some grain, from a seed. They stand in where there are no data: as golden
 * frames, and to calibrate random weights.
 */
final class RandomPictures {
    private static final int WAVES = 4;
    private static final double GRAIN = 12;

    private RandomPictures() {}

    /** {@code count} pictures of {@code side * side} pixels, all of class 0; the same seed gives the same pictures. */
    static LabelledPixels of(int count, int side, long seed) {
        Random random = new Random(seed);
        byte[] pixels = new byte[Math.multiplyExact(count, side * side * 3)];
        for (int picture = 0; picture < count; picture++) {
            paint(pixels, picture * side * side * 3, side, random);
        }
        return new LabelledPixels(side, side, pixels, new int[count]);
    }

    private static void paint(byte[] pixels, int from, int side, Random random) {
        for (int colour = 0; colour < 3; colour++) {
            double[] wave = random.doubles(3 * WAVES, -1, 1).toArray();
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    double level = 127 + GRAIN * random.nextGaussian();
                    for (int w = 0; w < WAVES; w++) {
                        double phase = (wave[3 * w] * x + wave[3 * w + 1] * y) / side + wave[3 * w + 2];
                        // StrictMath: the same pictures on every machine.
                        level += 40 * StrictMath.cos(2 * Math.PI * WAVES / 2 * phase);
                    }
                    pixels[from + (y * side + x) * 3 + colour] = (byte) Math.max(0, Math.min(255, Math.round(level)));
                }
            }
        }
    }
}
