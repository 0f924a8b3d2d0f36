package io.patchstream.trainer.scene;

import io.patchstream.vision.RgbImage;
import java.util.List;

/**
 * Paints what a camera sees: belt, items and their shadows, then light, lens and sensor, in this order. Knows sizes only
 * relative to the frame's height, so that a small picture looks like a large one scaled down. Immutable; shared by threads.
 */
final class ScenePainter {
    private static final int LATTICE = 64;
    private static final float[] NOISE = lattice();

    private final int width;
    private final int height;

    ScenePainter(int width, int height) {
        if (height < 16 || width < height || (long) width * height > 1L << 24) {
            throw new IllegalArgumentException(
                    "a scene of " + width + " x " + height
                            + " pixels cannot be painted; it must be at least 16 high, no narrower than high, and at most 16 Mpixels");
        }
        this.width = width;
        this.height = height;
    }

    /**
     * The picture.
     *
     * @param travelled how far the belt has moved, in frame heights
     * @param items what lies on it
     * @param sensorSeed the sensor's noise in this very frame
     */
    RgbImage paint(CameraLook look, float travelled, List<PlacedItem> items, long sensorSeed) {
        float[] light = new float[height * width * 3];
        paintBelt(light, look, travelled);
        for (PlacedItem item : items) {
            paintItem(light, look, item);
        }
        illuminate(light, look);
        blur(light, look.blur());
        return new RgbImage(height, width, sense(light, look.noise(), sensorSeed));
    }

    private float u(float x) {
        return (x + 0.5f - width / 2f) / height;
    }

    private float v(float y) {
        return (y + 0.5f) / height - 0.5f;
    }

    private void paintBelt(float[] out, CameraLook look, float travelled) {
        float pixel = 1f / height;
        float speckle = look.speckle() * Math.min(1f, FINE_CELL / pixel);
        float[] seam = new float[width];
        float[] along = new float[width];
        for (int x = 0; x < width; x++) {
            along[x] = u(x) - travelled;
            float toSeam = distanceToMultiple(along[x], look.seamPeriod());
            seam[x] = look.seam() * coverage(look.seamWidth() / 2 - toSeam, pixel);
        }
        for (int y = 0, i = 0; y < height; y++) {
            float v = v(y);
            float onBelt = coverage(Math.min(v - look.beltTop(), look.beltBottom() - v), pixel);
            float rib = look.rib() * (4 * distanceToMultiple(v, look.ribPeriod()) / look.ribPeriod() - 1);
            for (int x = 0; x < width; x++, i += 3) {
                float texture = 1
                        + seam[x]
                        + rib
                        + look.grain() * noise(along[x] / look.grainCell(), v / look.grainCell())
                        + speckle * noise(along[x] / FINE_CELL, v / FINE_CELL + 17.3f);
                float belt = onBelt * Math.max(0.1f, texture);
                // What lies beside the belt stands still, so its texture does too.
                float edge = (1 - onBelt) * (1 + 0.3f * noise(u(x) * 3f, v * 9f + 5.1f));
                out[i] = belt * look.beltRed() + edge * look.edgeRed();
                out[i + 1] = belt * look.beltGreen() + edge * look.edgeGreen();
                out[i + 2] = belt * look.beltBlue() + edge * look.edgeBlue();
            }
        }
    }

    private static final float FINE_CELL = 1f / 60;

    private void paintItem(float[] out, CameraLook look, PlacedItem item) {
        PlacedItem.Pose pose = item.pose();
        // The turned square's half diagonal, and what the shadow adds.
        float reach = pose.size() * 0.72f + 0.05f;
        int x0 = Math.max(0, (int) Math.floor((pose.u() - reach) * height + width / 2f));
        int x1 = Math.min(width, (int) Math.ceil((pose.u() + reach) * height + width / 2f));
        int y0 = Math.max(0, (int) Math.floor((pose.v() - reach + 0.5f) * height));
        int y1 = Math.min(height, (int) Math.ceil((pose.v() + reach + 0.5f) * height));
        float scale = PlacedItem.SIDE / pose.size();
        float cos = (float) StrictMath.cos(pose.radians()) * scale;
        float sin = (float) StrictMath.sin(pose.radians()) * scale;
        float middle = (PlacedItem.SIDE - 1) / 2f;
        // An item drawn smaller than its own pixels is sampled several times per pixel, else it would sparkle.
        int samples = Math.max(1, Math.round(PlacedItem.SIDE / (pose.size() * height) + 0.2f));
        float step = 1f / samples;
        for (int y = y0; y < y1; y++) {
            for (int x = x0, i = (y * width + x0) * 3; x < x1; x++, i += 3) {
                float grey = 0;
                for (int s = 0; s < samples * samples; s++) {
                    float du = u(x + (s % samples + 0.5f) * step - 0.5f) - pose.u();
                    float dv = v(y + (s / samples + 0.5f) * step - 0.5f) - pose.v();
                    grey += item.at(cos * du + sin * dv + middle, cos * dv - sin * du + middle);
                }
                grey *= step * step / 255f;
                float cloth = opacity(grey);
                if (cloth < 1 && look.shadow() > 0) {
                    float du = u(x) - pose.u() - look.shadowU();
                    float dv = v(y) - pose.v() - look.shadowV();
                    float behind = item.at(cos * du + sin * dv + middle, cos * dv - sin * du + middle) / 255f;
                    float lit = 1 - look.shadow() * opacity(behind);
                    out[i] *= lit;
                    out[i + 1] *= lit;
                    out[i + 2] *= lit;
                }
                float shade = (0.2f + 0.8f * grey) * pose.gain();
                out[i] += cloth * (shade * pose.red() - out[i]);
                out[i + 1] += cloth * (shade - out[i + 1]);
                out[i + 2] += cloth * (shade * pose.blue() - out[i + 2]);
            }
        }
    }

    /** Cloth is opaque unless it is nearly black: there the picture has no item. */
    private static float opacity(float grey) {
        return Math.min(1f, Math.max(0f, (grey - 0.02f) * 6f));
    }

    private void illuminate(float[] out, CameraLook look) {
        for (int y = 0, i = 0; y < height; y++) {
            float v = v(y);
            for (int x = 0; x < width; x++, i += 3) {
                float u = u(x);
                float light = look.brightness()
                        * (1 + look.slopeU() * u + look.slopeV() * v)
                        * (1 - look.vignette() * (u * u + v * v));
                light = Math.max(0.1f, light);
                out[i] *= light * (1 + look.warmth());
                out[i + 1] *= light;
                out[i + 2] *= light * (1 - look.warmth());
            }
        }
    }

    /** The lens: passes of a three-tap kernel, as many as the variance needs (a quarter of a pixel squared to half a pass). */
    private void blur(float[] image, float variance48) {
        float variance = variance48 * height * height / (48f * 48f);
        int passes = (int) Math.ceil(variance / 0.5f);
        if (passes == 0) {
            return;
        }
        float side = variance / passes / 2;
        float[] scratch = new float[image.length];
        for (int pass = 0; pass < passes; pass++) {
            blurLines(image, scratch, 3, width, width * 3, height, side);
            blurLines(scratch, image, width * 3, height, 3, width, side);
        }
    }

    /** Three-tap blur of {@code lines} lines of {@code length} pixels; the outermost pixels lean on themselves. */
    private static void blurLines(float[] from, float[] to, int step, int length, int lineStep, int lines, float side) {
        for (int line = 0; line < lines; line++) {
            for (int k = 0; k < length; k++) {
                int at = line * lineStep + k * step;
                int before = k == 0 ? at : at - step;
                int after = k == length - 1 ? at : at + step;
                for (int c = 0; c < 3; c++) {
                    to[at + c] = from[at + c] * (1 - 2 * side) + (from[before + c] + from[after + c]) * side;
                }
            }
        }
    }

    private static byte[] sense(float[] light, float noise, long seed) {
        SplitMix random = new SplitMix(SplitMix.derive(seed, 3));
        byte[] pixels = new byte[light.length];
        for (int i = 0; i < light.length; i++) {
            int level = (int) (light[i] * 255f + noise * random.normal() + 0.5f);
            pixels[i] = (byte) Math.max(0, Math.min(255, level));
        }
        return pixels;
    }

    /** How much of a pixel lies inside an edge that is {@code inside} away, 0 to 1. */
    private static float coverage(float inside, float pixel) {
        return Math.max(0f, Math.min(1f, inside / pixel + 0.5f));
    }

    private static float distanceToMultiple(float value, float period) {
        float turns = value / period;
        return Math.abs(turns - (float) Math.rint(turns)) * period;
    }

    /** Value noise, -1 to 1, about one feature per unit; repeats after {@value #LATTICE}. */
    private static float noise(float x, float y) {
        int x0 = floor(x);
        int y0 = floor(y);
        float fx = smooth(x - x0);
        float fy = smooth(y - y0);
        int left = x0 & LATTICE - 1;
        int right = x0 + 1 & LATTICE - 1;
        int top = (y0 & LATTICE - 1) * LATTICE;
        int bottom = (y0 + 1 & LATTICE - 1) * LATTICE;
        float upper = NOISE[top + left] + fx * (NOISE[top + right] - NOISE[top + left]);
        float lower = NOISE[bottom + left] + fx * (NOISE[bottom + right] - NOISE[bottom + left]);
        return upper + fy * (lower - upper);
    }

    private static int floor(float value) {
        int truncated = (int) value;
        return value < truncated ? truncated - 1 : truncated;
    }

    private static float smooth(float t) {
        return t * t * (3 - 2 * t);
    }

    private static float[] lattice() {
        SplitMix random = new SplitMix(64);
        float[] values = new float[LATTICE * LATTICE];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.uniform(-1f, 1f);
        }
        return values;
    }
}
