package io.patchstream.trainer.export;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Pictures as the model takes them, with the class of each: what int8 is calibrated on, and what the accuracy gate counts.
 * Holds {@code count * height * width * 3} bytes.
 */
public final class LabelledPixels {
    private final int height;
    private final int width;
    private final byte[] pixels;
    private final int[] classes;

    /**
     * Takes both arrays over.
     *
     * @param pixels uint8 {@code [count, height, width, 3]}, RGB, preprocessed
     * @param classes the true class of each, {@code [count]}
     */
    public LabelledPixels(int height, int width, byte[] pixels, int[] classes) {
        if (pixels.length != (long) classes.length * height * width * 3) {
            throw new IllegalArgumentException(
                    pixels.length + " bytes are not " + classes.length + " pictures of " + height + " x " + width);
        }
        this.height = height;
        this.width = width;
        this.pixels = pixels;
        this.classes = classes;
    }

    public int count() {
        return classes.length;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    /** The true class of picture {@code i}. */
    public int classOf(int i) {
        return classes[i];
    }

    /** Pictures {@code from} to {@code from + size}: uint8 {@code [size, H, W, 3]}, a view. */
    ByteBuffer batch(int from, int size) {
        int bytes = height * width * 3;
        return ByteBuffer.wrap(pixels, from * bytes, size * bytes).slice();
    }

    /** The same pictures with other classes. */
    LabelledPixels withClasses(int[] others) {
        return new LabelledPixels(height, width, pixels, others);
    }

    /** The first pictures, at most {@code most}. */
    public LabelledPixels first(int most) {
        int kept = Math.min(most, count());
        return new LabelledPixels(
                height, width, Arrays.copyOf(pixels, kept * height * width * 3), Arrays.copyOf(classes, kept));
    }
}
