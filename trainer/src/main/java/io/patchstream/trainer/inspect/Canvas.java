package io.patchstream.trainer.inspect;

import io.patchstream.vision.RgbImage;

/** A picture to draw figures on; begins white. */
public final class Canvas {
    private static final int WHITE = 255;

    private final int height;
    private final int width;
    private final byte[] pixels;

    public Canvas(int height, int width) {
        this.height = height;
        this.width = width;
        this.pixels = new byte[height * width * 3];
        java.util.Arrays.fill(pixels, (byte) WHITE);
    }

    /** A filled square; colours from 0 to 1; what lies outside is cut off. */
    public void square(int top, int left, int side, double red, double green, double blue) {
        for (int y = Math.max(0, top); y < Math.min(height, top + side); y++) {
            for (int x = Math.max(0, left); x < Math.min(width, left + side); x++) {
                int at = (y * width + x) * 3;
                pixels[at] = level(red);
                pixels[at + 1] = level(green);
                pixels[at + 2] = level(blue);
            }
        }
    }

    /** A square in dark blue (0), green and yellow (1): an approximation of the viridis map. */
    public void heat(int top, int left, int side, double value) {
        double v = Math.max(0, Math.min(1, value));
        square(top, left, side, 0.27 - 0.5 * v + 1.22 * v * v, 0.9 * v + 0.01, 0.33 + 0.8 * v - 1.0 * v * v);
    }

    private static byte level(double share) {
        return (byte) Math.round(Math.max(0, Math.min(1, share)) * WHITE);
    }

    public RgbImage image() {
        return new RgbImage(height, width, pixels);
    }

    /** {@code image}, each pixel {@code factor} wide, with patches in red as far as {@code shares} says; the largest is full. */
    public static RgbImage overlay(RgbImage image, double[] shares, int factor) {
        int side = AttentionMaps.side(shares.length);
        double most = java.util.Arrays.stream(shares).max().orElse(1);
        double least = java.util.Arrays.stream(shares).min().orElse(0);
        Canvas canvas = new Canvas(image.height() * factor, image.width() * factor);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                int patch = y * side / image.height() * side + x * side / image.width();
                double heat = most > least ? 0.6 * (shares[patch] - least) / (most - least) : 0;
                int at = (y * image.width() + x) * 3;
                double red = Byte.toUnsignedInt(image.pixels()[at]) / 255.0;
                double green = Byte.toUnsignedInt(image.pixels()[at + 1]) / 255.0;
                double blue = Byte.toUnsignedInt(image.pixels()[at + 2]) / 255.0;
                canvas.square(
                        y * factor, x * factor, factor, red * (1 - heat) + heat, green * (1 - heat), blue * (1 - heat));
            }
        }
        return canvas.image();
    }
}
