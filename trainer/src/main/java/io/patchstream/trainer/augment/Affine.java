package io.patchstream.trainer.augment;

import io.patchstream.vision.RgbImage;

/**
 * A picture turned, sheared or moved about its centre, sampled bilinearly; beyond its border the border goes on.
 *
 * <p>The matrix takes target coordinates to source coordinates: {@code x' = a x + b y + tx}, {@code y' = c x + d y + ty}.
 */
record Affine(double a, double b, double c, double d, double tx, double ty) {

    static Affine rotation(double radians) {
        double cos = Math.cos(radians);
        double sin = Math.sin(radians);
        return new Affine(cos, -sin, sin, cos, 0, 0);
    }

    static Affine shear(double x, double y) {
        return new Affine(1, x, y, 1, 0, 0);
    }

    static Affine translation(double x, double y) {
        return new Affine(1, 0, 0, 1, x, y);
    }

    /** Enlarges by the two factors. */
    static Affine scale(double x, double y) {
        return new Affine(1 / x, 0, 0, 1 / y, 0, 0);
    }

    /** This one on the source's side of {@code other}: the target goes through {@code other} first. */
    Affine after(Affine other) {
        return new Affine(
                a * other.a + b * other.c,
                a * other.b + b * other.d,
                c * other.a + d * other.c,
                c * other.b + d * other.d,
                a * other.tx + b * other.ty + tx,
                c * other.tx + d * other.ty + ty);
    }

    RgbImage apply(RgbImage image) {
        int height = image.height();
        int width = image.width();
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        double cx = (width - 1) / 2.0;
        double cy = (height - 1) / 2.0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double sx = clamp(a * (x - cx) + b * (y - cy) + tx + cx, width - 1);
                double sy = clamp(c * (x - cx) + d * (y - cy) + ty + cy, height - 1);
                int x0 = (int) sx;
                int y0 = (int) sy;
                int right = x0 < width - 1 ? 3 : 0;
                int down = y0 < height - 1 ? width * 3 : 0;
                // Weights in 1/256: whole numbers give the same bits everywhere.
                int wx = (int) ((sx - x0) * 256);
                int wy = (int) ((sy - y0) * 256);
                int source = (y0 * width + x0) * 3;
                int target = (y * width + x) * 3;
                for (int k = 0; k < 3; k++) {
                    int top = (from[source + k] & 0xFF) * (256 - wx) + (from[source + right + k] & 0xFF) * wx;
                    int bottom = (from[source + down + k] & 0xFF) * (256 - wx)
                            + (from[source + down + right + k] & 0xFF) * wx;
                    to[target + k] = (byte) ((top * (256 - wy) + bottom * wy + (1 << 15)) >> 16);
                }
            }
        }
        return new RgbImage(height, width, to);
    }

    private static double clamp(double value, int most) {
        return Math.min(Math.max(value, 0), most);
    }
}
