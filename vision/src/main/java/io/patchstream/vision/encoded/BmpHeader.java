package io.patchstream.vision.encoded;

import static io.patchstream.vision.encoded.PictureFormat.BMP;

import io.patchstream.vision.encoded.ImageHeader.Samples;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads a BMP's file and information headers. */
final class BmpHeader {
    private BmpHeader() {}

    static ImageHeader read(ByteBuffer bigEndian) throws UndecodableException {
        ByteBuffer bytes = bigEndian.order(ByteOrder.LITTLE_ENDIAN);
        long pixelsAt = bytes.getInt(10) & 0xFFFFFFFFL;
        int headerSize = bytes.getInt(14);
        boolean core = headerSize == 12;
        if (!core && headerSize < 40) {
            throw ImageHeader.unsupported(BMP, "an information header of " + headerSize + " bytes");
        }
        int width = core ? bytes.getShort(18) & 0xffff : bytes.getInt(18);
        int signedHeight = core ? bytes.getShort(20) & 0xffff : bytes.getInt(22);
        int bits = core ? bytes.getShort(24) : bytes.getShort(28);
        int compression = core ? 0 : bytes.getInt(30);
        if (width < 1 || signedHeight == 0 || signedHeight == Integer.MIN_VALUE) {
            throw ImageHeader.corrupt(BMP, "its header says " + signedHeight + " x " + width + " pixels");
        }
        if (compression < 0 || compression > 3) {
            throw ImageHeader.unsupported(BMP, "compression " + compression);
        }
        if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
            throw ImageHeader.unsupported(BMP, bits + " bits a pixel");
        }
        int height = Math.abs(signedHeight);
        if (compression == 0 || compression == 3) {
            long rowBytes = ((long) width * bits + 31) / 32 * 4;
            if (pixelsAt + rowBytes * height > bytes.limit()) {
                throw ImageHeader.truncated(BMP, bytes.limit(), "its " + height + " rows of " + rowBytes + " bytes");
            }
        }
        return new ImageHeader(
                BMP,
                height,
                width,
                Orientation.UPRIGHT,
                bits == 16 ? highColour(bytes, compression) : Samples.ORDINARY);
    }

    private static Samples highColour(ByteBuffer bytes, int compression) throws UndecodableException {
        if (compression == 0) {
            return Samples.RGB_555;
        }
        int red = bytes.getInt(54);
        int green = bytes.getInt(58);
        int blue = bytes.getInt(62);
        if (red == 0xF800 && green == 0x7E0 && blue == 0x1F) {
            return Samples.RGB_565;
        }
        if (red == 0x7C00 && green == 0x3E0 && blue == 0x1F) {
            return Samples.RGB_555;
        }
        throw ImageHeader.unsupported(BMP, "colour masks 0x%X, 0x%X, 0x%X".formatted(red, green, blue));
    }
}
