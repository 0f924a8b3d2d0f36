package io.patchstream.vision;

import io.patchstream.vision.encoded.ImageHeader;
import io.patchstream.vision.encoded.ImageHeader.Samples;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * JPEGs of four inks. OpenCV converts them to RGB by arithmetic of its own; the JDK hands out the samples as stored, from
 * which Pillow's conversion follows: inks inverted as Adobe does, no colour profile.
 */
final class InkJpeg {
    /** Fractional bits of libjpeg's conversion from luminance and chroma. */
    private static final int BITS = 16;

    private static final int HALF = 1 << (BITS - 1);

    private InkJpeg() {}

    /** RGB {@code [H, W, 3]}, not yet turned upright. */
    static byte[] decode(byte[] encoded, ImageHeader header) throws UndecodableException {
        Raster raster = read(encoded);
        if (raster.getNumBands() != 4
                || raster.getHeight() != header.height()
                || raster.getWidth() != header.width()
                || !(raster.getDataBuffer() instanceof DataBufferByte samples)) {
            throw new UndecodableException(
                    Code.CORRUPT, "the JPEG is corrupt: its pixels are not what its header announces");
        }
        byte[] ink = samples.getData();
        byte[] rgb = new byte[header.height() * header.width() * 3];
        boolean luminance = header.samples() == Samples.YCCK;
        for (int from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
            int c = ink[from] & 0xff;
            int m = ink[from + 1] & 0xff;
            int y = ink[from + 2] & 0xff;
            int light = ink[from + 3] & 0xff;
            if (luminance) {
                int cb = m - 128;
                int cr = y - 128;
                m = 255 - clip(c + ((-22554 * cb - 46802 * cr + HALF) >> BITS));
                y = 255 - clip(c + ((116130 * cb + HALF) >> BITS));
                c = 255 - clip(c + ((91881 * cr + HALF) >> BITS));
            }
            rgb[to] = (byte) mix(c, light);
            rgb[to + 1] = (byte) mix(m, light);
            rgb[to + 2] = (byte) mix(y, light);
        }
        return rgb;
    }

    private static Raster read(byte[] encoded) throws UndecodableException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
            reader.setInput(in, true, true);
            return reader.readRaster(0, null);
        } catch (IOException | RuntimeException e) {
            throw new UndecodableException(Code.CORRUPT, "the JPEG is corrupt: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    /** What is left of the light when an inverted ink (255 is none) lies on it. */
    private static int mix(int inverted, int light) {
        int product = (255 - inverted) * light + 128;
        return Math.max(light - (((product >> 8) + product) >> 8), 0);
    }

    private static int clip(int value) {
        return Math.min(Math.max(value, 0), 255);
    }
}
