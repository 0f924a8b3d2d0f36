package io.patchstream.vision.encoded;

import static java.util.Objects.requireNonNull;

import io.patchstream.vision.encoded.UndecodableException.Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a still picture's bytes say of it before it is decoded.
 *
 * @param format JPEG, PNG, WebP or BMP
 * @param height rows as stored, before the orientation is applied
 * @param width columns as stored
 * @param orientation how to turn it upright
 * @param samples what its samples are
 */
public record ImageHeader(PictureFormat format, int height, int width, Orientation orientation, Samples samples) {

    /** What the samples of a picture are, as far as decoding must know. */
    public enum Samples {
        /** Up to 8 bits of grey, colour or palette, or 16 bits of colour; with or without alpha. */
        ORDINARY,
        /** 16 bits of grey: Pillow's mode {@code I;16}. */
        GREY_16,
        /** BMP's five bits a colour. */
        RGB_555,
        /** BMP's five bits of red and blue and six of green. */
        RGB_565,
        /** Four inks: Pillow's mode {@code CMYK}. */
        CMYK,
        /** Four inks, three of them stored as luminance and chroma (Adobe's transform 2). */
        YCCK
    }

    public ImageHeader {
        requireNonNull(format, "format");
        requireNonNull(orientation, "orientation");
        requireNonNull(samples, "samples");
    }

    /**
     * Reads the header, and walks through the rest as far as needed to know that the picture is whole.
     *
     * @param encoded the bytes from position to limit; position and limit stay
     * @throws UndecodableException EMPTY, TRUNCATED, CORRUPT or UNSUPPORTED
     */
    public static ImageHeader read(ByteBuffer encoded, PictureFormat format) throws UndecodableException {
        ByteBuffer bytes = encoded.slice().order(ByteOrder.BIG_ENDIAN);
        try {
            return switch (format) {
                case JPEG -> JpegHeader.read(bytes);
                case PNG -> PngHeader.read(bytes);
                case WEBP -> WebpHeader.read(bytes);
                case BMP -> BmpHeader.read(bytes);
                default -> throw new IllegalArgumentException(format + " is no still picture");
            };
        } catch (IndexOutOfBoundsException e) {
            throw new UndecodableException(
                    Code.TRUNCATED,
                    "the " + format + " ends inside its header, after " + bytes.limit() + " bytes: send it whole",
                    e);
        }
    }

    static UndecodableException corrupt(PictureFormat format, String what) {
        return new UndecodableException(Code.CORRUPT, "the " + format + " is corrupt: " + what);
    }

    static UndecodableException truncated(PictureFormat format, int bytes, String missing) {
        return new UndecodableException(
                Code.TRUNCATED,
                "the " + format + " ends after " + bytes + " bytes without " + missing + ": send it whole");
    }

    static UndecodableException unsupported(PictureFormat format, String what) {
        return new UndecodableException(
                Code.UNSUPPORTED,
                "the " + format + " has " + what + ", which is not decoded here: send 8-bit JPEG, PNG, WebP or BMP");
    }
}
