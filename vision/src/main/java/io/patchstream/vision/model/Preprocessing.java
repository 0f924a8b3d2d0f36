package io.patchstream.vision.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * How a decoded picture of any size becomes the model's input: uint8 RGB {@code [height, width, 3]}. Resampling is
 * Pillow's, bit for bit ({@code Image.resize}, fixed-point weights), so that a model sees in serving what it saw in
 * training. Normalisation is no part of it: the exported graph does that.
 *
 * @param resize how the picture is brought to size
 * @param resizeTo the shortest side in pixels for {@link Resize#SHORTEST_SIDE}, before the centre crop; for
 *     {@link Resize#SQUASH} unused and equal to {@code height}
 * @param height the model's input height in pixels
 * @param width the model's input width in pixels
 * @param interpolation the resampling kernel
 * @param antialias whether the kernel widens with the scale when shrinking, as Pillow always does
 */
@JsonPropertyOrder({"resize", "resizeTo", "height", "width", "interpolation", "antialias"})
public record Preprocessing(
        Resize resize, int resizeTo, int height, int width, Interpolation interpolation, boolean antialias) {

    /** How a picture is brought to size. */
    public enum Resize {
        /** To {@code height x width} whatever its aspect ratio, as the ViT paper's code does. */
        SQUASH,
        /** The shortest side to {@code resizeTo}, the other in proportion (rounded down), then a centre crop. */
        SHORTEST_SIDE
    }

    /** The resampling kernels, by Pillow's names. */
    public enum Interpolation {
        /** Triangle filter, support 1. */
        BILINEAR,
        /** Catmull-Rom-like cubic with a = -0.5, support 2. */
        BICUBIC
    }

    public Preprocessing {
        requireNonNull(resize, "resize");
        requireNonNull(interpolation, "interpolation");
        if (height < 1 || width < 1 || height > 8192 || width > 8192) {
            throw new IllegalArgumentException(
                    "the model's input is " + height + " x " + width + " pixels; each side must be 1 to 8192");
        }
        if (resize == Resize.SHORTEST_SIDE && resizeTo < Math.max(height, width)) {
            throw new IllegalArgumentException("resizeTo " + resizeTo + " is smaller than the crop " + height + " x "
                    + width + "; it must be at least the crop's longer side");
        }
    }

    /** The picture squashed to {@code size x size}. */
    public static Preprocessing squash(int size, Interpolation interpolation) {
        return new Preprocessing(Resize.SQUASH, size, size, size, interpolation, true);
    }

    /** The shortest side to {@code resizeTo}, then the central {@code size x size}. */
    public static Preprocessing centreCrop(int resizeTo, int size, Interpolation interpolation) {
        return new Preprocessing(Resize.SHORTEST_SIDE, resizeTo, size, size, interpolation, true);
    }

    /** Bytes of one prepared picture: {@code height * width * 3}. */
    public int byteSize() {
        return height * width * 3;
    }

    /** SHA-256 of the canonical JSON form: 64 lower-case hexadecimal digits. Equal hash, equal pixels. */
    public String sha256() {
        return Canonical.sha256(Canonical.json(this));
    }
}
