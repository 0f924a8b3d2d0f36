package io.patchstream.vision.encoded;

import io.patchstream.vision.encoded.UndecodableException.Code;

/**
 * How large an input may be. Checked against what the headers claim, before memory is taken for pixels.
 *
 * @param maxBytes encoded bytes of one picture or segment
 * @param maxPixels {@code height * width} of one picture
 * @param maxPictures pictures of one segment
 */
public record DecodeLimits(int maxBytes, long maxPixels, int maxPictures) {
    /** The longest side that any of the formats and codecs can state sensibly. */
    public static final int MAX_SIDE = 65535;

    public DecodeLimits {
        if (maxBytes < 1 || maxPixels < 1 || maxPictures < 1) {
            throw new IllegalArgumentException("maxBytes " + maxBytes + ", maxPixels " + maxPixels + " and maxPictures "
                    + maxPictures + " must be at least 1");
        }
    }

    /** 32 MiB, 50 megapixels, 300 pictures. */
    public static DecodeLimits defaults() {
        return new DecodeLimits(32 << 20, 50_000_000, 300);
    }

    /** Refuses an input by its number of encoded bytes. */
    public void checkBytes(long bytes) throws UndecodableException {
        if (bytes == 0) {
            throw new UndecodableException(Code.EMPTY, "the frame has no bytes");
        }
        if (bytes > maxBytes) {
            throw new UndecodableException(
                    Code.TOO_LARGE,
                    "the frame has " + bytes + " bytes; the limit is " + maxBytes
                            + ": send smaller frames, or raise the limit on bytes");
        }
    }

    /** Refuses a picture by its size in pixels. */
    public void checkPixels(int height, int width) throws UndecodableException {
        if (height < 1 || width < 1) {
            throw new UndecodableException(
                    Code.CORRUPT,
                    "the picture claims " + height + " x " + width + " pixels; each side must be above 0");
        }
        if (height > MAX_SIDE || width > MAX_SIDE || (long) height * width > maxPixels) {
            throw new UndecodableException(
                    Code.TOO_LARGE,
                    "the picture claims " + height + " x " + width + " pixels; the limits are " + maxPixels
                            + " pixels and " + MAX_SIDE
                            + " a side: send smaller pictures, or raise the limit on pixels");
        }
    }

    /** Refuses a segment by the number of its pictures. */
    public void checkPictures(int pictures) throws UndecodableException {
        if (pictures > maxPictures) {
            throw new UndecodableException(
                    Code.TOO_LARGE,
                    "the segment has more than " + maxPictures
                            + " pictures: send shorter segments, or raise the limit on pictures");
        }
    }
}
