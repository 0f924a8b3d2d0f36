package io.patchstream.vision;

/**
 * A decoded picture in Java memory: uint8 RGB {@code [height, width, 3]}, row-major, no padding. For tools, tests and
 * training; the serving path goes from encoded bytes to the model's input without one.
 */
public final class RgbImage {
    private final int height;
    private final int width;
    private final byte[] pixels;

    /** Takes {@code pixels} over. */
    public RgbImage(int height, int width, byte[] pixels) {
        if (height < 1 || width < 1 || (long) height * width * 3 != pixels.length) {
            throw new IllegalArgumentException(
                    pixels.length + " bytes do not make an RGB image of " + height + " x " + width + " pixels");
        }
        this.height = height;
        this.width = width;
        this.pixels = pixels;
    }

    /** H in pixels. */
    public int height() {
        return height;
    }

    /** W in pixels. */
    public int width() {
        return width;
    }

    /** The bytes {@code [H, W, 3]}; not a copy. */
    public byte[] pixels() {
        return pixels;
    }
}
