package io.patchstream.vision.encoded;

import static io.patchstream.vision.encoded.PictureFormat.PNG;

import io.patchstream.vision.encoded.ImageHeader.Samples;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Walks through a PNG's chunks, from signature to IEND. */
final class PngHeader {
    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454E44;
    private static final int EXIF = 0x65584966;
    private static final int ITXT = 0x69545874;
    private static final byte[] XMP = "XML:com.adobe.xmp\0\0\0".getBytes(StandardCharsets.US_ASCII);

    private PngHeader() {}

    static ImageHeader read(ByteBuffer bytes) throws UndecodableException {
        if (bytes.getLong(0) != 0x89504E470D0A1A0AL || bytes.getInt(12) != IHDR) {
            throw ImageHeader.corrupt(PNG, "it does not begin with a signature and an IHDR chunk");
        }
        int width = bytes.getInt(16);
        int height = bytes.getInt(20);
        boolean grey16 = bytes.get(24) == 16 && bytes.get(25) == 0;
        Orientation exif = null;
        Orientation xmp = null;
        boolean pixels = false;
        long at = 8;
        while (true) {
            if (at + 12 > bytes.limit()) {
                throw ImageHeader.truncated(PNG, bytes.limit(), "its IEND chunk");
            }
            long length = bytes.getInt((int) at) & 0xFFFFFFFFL;
            int type = bytes.getInt((int) at + 4);
            if (at + 12 + length > bytes.limit()) {
                throw ImageHeader.truncated(PNG, bytes.limit(), "the rest of a chunk");
            }
            ByteBuffer data = bytes.slice((int) at + 8, (int) length);
            if (type == IEND) {
                break;
            } else if (type == IDAT) {
                pixels = true;
            } else if (type == EXIF && exif == null) {
                exif = Orientation.inExif(data);
            } else if (type == ITXT && xmp == null && data.limit() > XMP.length && isXmp(data)) {
                xmp = Orientation.inXmp(data);
            }
            at += 12 + length;
        }
        if (!pixels) {
            throw ImageHeader.corrupt(PNG, "it has no IDAT chunk");
        }
        if (height < 1 || width < 1) {
            throw ImageHeader.corrupt(PNG, "its IHDR chunk says " + height + " x " + width + " pixels");
        }
        return new ImageHeader(
                PNG, height, width, Orientation.of(exif, xmp), grey16 ? Samples.GREY_16 : Samples.ORDINARY);
    }

    private static boolean isXmp(ByteBuffer data) {
        return data.slice(0, XMP.length).equals(ByteBuffer.wrap(XMP));
    }
}
