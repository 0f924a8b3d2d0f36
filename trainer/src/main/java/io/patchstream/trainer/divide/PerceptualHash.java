package io.patchstream.trainer.divide;

import io.patchstream.vision.Preprocessor;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.model.Preprocessing.Resize;
import java.nio.ByteBuffer;

/**
 * What is left of a picture when size, encoding and brightness do not count: a difference hash of 64 bits (dHash: a bit for
 * each of 8 x 8 places, whether it grows lighter to the right) and a grey thumbnail.
 *
 * <p>The hash is bit for bit that of Python's imagehash 4.3 with Pillow's bilinear filter. Belongs to one thread.
 */
final class PerceptualHash {
    static final int BITS = 64;
    /** Height and width of a thumbnail in pixels. */
    static final int SIDE = 16;

    private final Preprocessor toHash = new Preprocessor(squash(8, 9));
    private final Preprocessor toThumbnail = new Preprocessor(squash(SIDE, SIDE));

    private static Preprocessing squash(int height, int width) {
        return new Preprocessing(Resize.SQUASH, Math.max(height, width), height, width, Interpolation.BILINEAR, true);
    }

    /** The first row's bits are the highest, the left ones first. */
    long hash(RgbImage grey) {
        byte[] small = shrink(toHash, grey, 72);
        long hash = 0;
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 8; x++) {
                boolean lighter = (small[9 * y + x + 1] & 0xff) > (small[9 * y + x] & 0xff);
                hash = hash << 1 | (lighter ? 1 : 0);
            }
        }
        return hash;
    }

    /** Grey values {@code [SIDE, SIDE]}, row-major. */
    byte[] thumbnail(RgbImage grey) {
        return shrink(toThumbnail, grey, SIDE * SIDE);
    }

    /** The picture in grey, as Pillow converts to mode L. */
    static RgbImage grey(RgbImage image) {
        byte[] rgb = image.pixels();
        byte[] grey = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i += 3) {
            int light =
                    ((rgb[i] & 0xff) * 19595 + (rgb[i + 1] & 0xff) * 38470 + (rgb[i + 2] & 0xff) * 7471 + 0x8000) >> 16;
            grey[i] = (byte) light;
            grey[i + 1] = (byte) light;
            grey[i + 2] = (byte) light;
        }
        return new RgbImage(image.height(), image.width(), grey);
    }

    private static byte[] shrink(Preprocessor preprocessor, RgbImage grey, int pixels) {
        byte[] rgb = new byte[pixels * 3];
        preprocessor.prepare(grey, ByteBuffer.wrap(rgb));
        byte[] one = new byte[pixels];
        for (int i = 0; i < pixels; i++) {
            one[i] = rgb[3 * i];
        }
        return one;
    }
}
