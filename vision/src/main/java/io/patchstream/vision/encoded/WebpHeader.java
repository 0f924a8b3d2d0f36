package io.patchstream.vision.encoded;

import static io.patchstream.vision.encoded.PictureFormat.WEBP;

import io.patchstream.vision.encoded.ImageHeader.Samples;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Walks through a WebP's RIFF chunks. */
final class WebpHeader {
    private static final int VP8 = 0x56503820;
    private static final int VP8L = 0x5650384C;
    private static final int VP8X = 0x56503858;
    private static final int ANMF = 0x414E4D46;
    private static final int EXIF = 0x45584946;
    private static final int XMP = 0x584D5020;

    private WebpHeader() {}

    static ImageHeader read(ByteBuffer bytes) throws UndecodableException {
        long end = 8 + unsigned(bytes, 4);
        if (end > bytes.limit()) {
            throw ImageHeader.truncated(WEBP, bytes.limit(), "the " + end + " bytes that it announces");
        }
        int width = 0;
        int height = 0;
        boolean pixels = false;
        Orientation exif = null;
        Orientation xmp = null;
        for (long at = 12; at + 8 <= end; ) {
            int chunk = (int) at;
            int type = bytes.getInt(chunk);
            long length = unsigned(bytes, chunk + 4);
            if (at + 8 + length > end) {
                throw ImageHeader.truncated(WEBP, bytes.limit(), "the rest of a chunk");
            }
            ByteBuffer data = bytes.slice(chunk + 8, (int) length).order(ByteOrder.LITTLE_ENDIAN);
            if (type == VP8X && width == 0) {
                width = 1 + (data.getInt(4) & 0xFFFFFF);
                height = 1 + (data.getInt(6) >>> 8);
            } else if (type == VP8 && !pixels) {
                pixels = true;
                if (width == 0) {
                    width = data.getShort(6) & 0x3FFF;
                    height = data.getShort(8) & 0x3FFF;
                }
            } else if (type == VP8L && !pixels) {
                pixels = true;
                if (width == 0) {
                    int packed = data.getInt(1);
                    width = 1 + (packed & 0x3FFF);
                    height = 1 + (packed >>> 14 & 0x3FFF);
                }
            } else if (type == ANMF) {
                pixels = true;
            } else if (type == EXIF && exif == null) {
                exif = Orientation.inExif(withoutPrefix(data));
            } else if (type == XMP && xmp == null) {
                xmp = Orientation.inXmp(data);
            }
            at += 8 + length + (length & 1);
        }
        if (!pixels || width < 1 || height < 1) {
            throw ImageHeader.corrupt(WEBP, "it has no picture");
        }
        return new ImageHeader(WEBP, height, width, Orientation.of(exif, xmp), Samples.ORDINARY);
    }

    /** Some writers keep JPEG's {@code Exif\0\0} before the TIFF data. */
    private static ByteBuffer withoutPrefix(ByteBuffer data) {
        boolean prefixed = data.limit() >= 6 && data.getInt(0) == 0x66697845 && data.getShort(4) == 0;
        return prefixed ? data.slice(6, data.limit() - 6) : data;
    }

    private static long unsigned(ByteBuffer bytes, int at) {
        return Integer.reverseBytes(bytes.getInt(at)) & 0xFFFFFFFFL;
    }
}
