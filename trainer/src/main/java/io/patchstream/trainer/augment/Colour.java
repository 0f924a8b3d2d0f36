package io.patchstream.trainer.augment;

import io.patchstream.vision.RgbImage;
import java.util.function.IntUnaryOperator;

/** Changes of brightness and colour, each pixel by itself, as Pillow's ImageEnhance and ImageOps have them. */
final class Colour {
    private Colour() {}

    /** 0 is black, 1 leaves the picture. */
    static RgbImage brightness(RgbImage image, double factor) {
        return map(image, value -> (int) Math.round(value * factor));
    }

    /** 0 is the mean grey, 1 leaves the picture. */
    static RgbImage contrast(RgbImage image, double factor) {
        long sum = 0;
        byte[] pixels = image.pixels();
        for (int i = 0; i < pixels.length; i += 3) {
            sum += luma(pixels, i);
        }
        int mean = (int) (sum * 3 / pixels.length);
        return map(image, value -> (int) Math.round(mean + (value - mean) * factor));
    }

    /** 0 is grey, 1 leaves the picture. */
    static RgbImage saturation(RgbImage image, double factor) {
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int i = 0; i < from.length; i += 3) {
            int grey = luma(from, i);
            for (int k = i; k < i + 3; k++) {
                to[k] = clip((int) Math.round(grey + ((from[k] & 0xFF) - grey) * factor));
            }
        }
        return new RgbImage(image.height(), image.width(), to);
    }

    /** Keeps the highest {@code bits} of each value. */
    static RgbImage posterise(RgbImage image, int bits) {
        int mask = 0xFF & (0xFF << (8 - bits));
        return map(image, value -> value & mask);
    }

    /** Inverts values from {@code threshold} on. */
    static RgbImage solarise(RgbImage image, int threshold) {
        return map(image, value -> value < threshold ? value : 255 - value);
    }

    /** Stretches the values from the least to the most over the whole range. */
    static RgbImage stretch(RgbImage image) {
        int least = 255;
        int most = 0;
        for (byte value : image.pixels()) {
            least = Math.min(least, value & 0xFF);
            most = Math.max(most, value & 0xFF);
        }
        if (most <= least) {
            return image;
        }
        int low = least;
        int range = most - least;
        return map(image, value -> (value - low) * 255 / range);
    }

    private static int luma(byte[] pixels, int at) {
        return ((pixels[at] & 0xFF) * 299 + (pixels[at + 1] & 0xFF) * 587 + (pixels[at + 2] & 0xFF) * 114) / 1000;
    }

    private static RgbImage map(RgbImage image, IntUnaryOperator change) {
        byte[] table = new byte[256];
        for (int i = 0; i < 256; i++) {
            table[i] = clip(change.applyAsInt(i));
        }
        byte[] pixels = image.pixels().clone();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = table[pixels[i] & 0xFF];
        }
        return new RgbImage(image.height(), image.width(), pixels);
    }

    private static byte clip(int value) {
        return (byte) Math.min(Math.max(value, 0), 255);
    }
}
