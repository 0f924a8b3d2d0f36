package io.patchstream.vision;

import static java.util.Objects.requireNonNull;

import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Brings pictures of any size to a model's input size: uint8 RGB {@code [height, width, 3]}, equal to Pillow's
 * {@code Image.resize} bit for bit (Pillow 13.0: fixed-point weights, uint8 between the passes, see
 * {@link Framing#verticalFirst} for their order). Only what the crop keeps is computed.
 *
 * <p>Belongs to one thread: it keeps its scratch memory and the weights of the last picture's size between calls.
 */
public final class Preprocessor {
    private final Preprocessing preprocessing;
    private int sourceHeight;
    private int sourceWidth;
    private Taps vertical;
    private Taps horizontal;
    private boolean verticalFirst;
    private byte[] between = new byte[0];
    private int[] sums = new int[0];
    private byte[] line = new byte[0];

    public Preprocessor(Preprocessing preprocessing) {
        this.preprocessing = requireNonNull(preprocessing, "preprocessing");
    }

    /** What this makes of a picture. */
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    /**
     * Writes the model's input for one picture.
     *
     * @param image any size
     * @param slot where it goes: heap or direct, exactly {@link Preprocessing#byteSize()} bytes remaining; its position
     *     ends at its limit
     */
    public void prepare(RgbImage image, ByteBuffer slot) {
        prepare(PixelRows.of(image), slot);
    }

    /** Writes the model's input for one picture, wherever its pixels lie. */
    void prepare(PixelRows image, ByteBuffer slot) {
        if (slot.remaining() != preprocessing.byteSize()) {
            throw new IllegalArgumentException("the slot has " + slot.remaining() + " bytes; a picture of "
                    + preprocessing.height() + " x " + preprocessing.width() + " takes " + preprocessing.byteSize());
        }
        measure(image.height(), image.width());
        if (verticalFirst) {
            mixThenShrink(image, slot);
        } else {
            shrinkThenMix(image, slot);
        }
    }

    private void shrinkThenMix(PixelRows image, ByteBuffer slot) {
        int begin = vertical.begin();
        int rows = vertical.end() - begin;
        int rowBytes = horizontal.length() * 3;
        byte[] source = new byte[image.width() * 3];
        reserve(rows * rowBytes, rowBytes, rowBytes);
        for (int y = 0; y < rows; y++) {
            image.read(begin + y, 0, image.width(), source, 0);
            shrinkRow(source, 0, between, y * rowBytes);
        }
        for (int y = 0; y < vertical.length(); y++) {
            mixRows(y, between, -begin * rowBytes, rowBytes, rowBytes);
            slot.put(line, 0, rowBytes);
        }
    }

    private void mixThenShrink(PixelRows image, ByteBuffer slot) {
        int rowBytes = image.width() * 3;
        byte[] pixels = image.copy().pixels();
        reserve(horizontal.length() * 3, rowBytes, rowBytes);
        for (int y = 0; y < vertical.length(); y++) {
            mixRows(y, pixels, 0, rowBytes, rowBytes);
            shrinkRow(line, 0, between, 0);
            slot.put(between, 0, horizontal.length() * 3);
        }
    }

    private void reserve(int betweenBytes, int sumsLength, int lineBytes) {
        if (between.length < betweenBytes) {
            between = new byte[betweenBytes];
        }
        if (sums.length < sumsLength) {
            sums = new int[sumsLength];
        }
        if (line.length < lineBytes) {
            line = new byte[lineBytes];
        }
    }

    private void measure(int height, int width) {
        if (height == sourceHeight && width == sourceWidth) {
            return;
        }
        Framing framing = Framing.of(preprocessing, height, width);
        vertical = Taps.of(
                height,
                framing.height(),
                framing.top(),
                preprocessing.height(),
                preprocessing.interpolation(),
                preprocessing.antialias());
        horizontal = Taps.of(
                width,
                framing.width(),
                framing.left(),
                preprocessing.width(),
                preprocessing.interpolation(),
                preprocessing.antialias());
        verticalFirst = framing.verticalFirst(height, width);
        sourceHeight = height;
        sourceWidth = width;
    }

    private void shrinkRow(byte[] source, int at, byte[] target, int to) {
        int[] weights = horizontal.weights();
        for (int x = 0; x < horizontal.length(); x++) {
            int red = Taps.HALF;
            int green = Taps.HALF;
            int blue = Taps.HALF;
            int from = at + horizontal.first(x) * 3;
            int offset = horizontal.offset(x);
            for (int k = 0; k < horizontal.count(x); k++) {
                int w = weights[offset + k];
                red += w * (source[from + 3 * k] & 0xff);
                green += w * (source[from + 3 * k + 1] & 0xff);
                blue += w * (source[from + 3 * k + 2] & 0xff);
            }
            target[to + 3 * x] = (byte) Taps.pixel(red);
            target[to + 3 * x + 1] = (byte) Taps.pixel(green);
            target[to + 3 * x + 2] = (byte) Taps.pixel(blue);
        }
    }

    private void mixRows(int y, byte[] source, int at, int stride, int length) {
        Arrays.fill(sums, 0, length, Taps.HALF);
        for (int k = 0; k < vertical.count(y); k++) {
            int w = vertical.weights()[vertical.offset(y) + k];
            int from = at + (vertical.first(y) + k) * stride;
            for (int i = 0; i < length; i++) {
                sums[i] += w * (source[from + i] & 0xff);
            }
        }
        for (int i = 0; i < length; i++) {
            line[i] = (byte) Taps.pixel(sums[i]);
        }
    }
}
