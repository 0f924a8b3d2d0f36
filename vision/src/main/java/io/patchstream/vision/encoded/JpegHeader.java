package io.patchstream.vision.encoded;

import static io.patchstream.vision.encoded.PictureFormat.JPEG;

import io.patchstream.vision.encoded.ImageHeader.Samples;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Walks through a JPEG's markers, from start to end of image. */
final class JpegHeader {
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] XMP = "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ADOBE = "Adobe".getBytes(StandardCharsets.US_ASCII);

    private static final int START_OF_SCAN = 0xDA;
    private static final int END_OF_IMAGE = 0xD9;

    /** A progressive picture has about ten scans; each costs a pass over all pixels, so that thousands are an attack. */
    private static final int MAX_SCANS = 500;

    private final ByteBuffer bytes;
    private int height;
    private int width;
    private int components;
    private boolean progressive;
    private int adobeTransform = -1;
    private Orientation exif;
    private Orientation xmp;

    private JpegHeader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    static ImageHeader read(ByteBuffer bytes) throws UndecodableException {
        JpegHeader header = new JpegHeader(bytes);
        int scan = header.walkToFirstScan();
        header.checkWhole(scan);
        return new ImageHeader(
                JPEG, header.height, header.width, Orientation.of(header.exif, header.xmp), header.samples());
    }

    private Samples samples() {
        return components != 4 ? Samples.ORDINARY : adobeTransform == 2 ? Samples.YCCK : Samples.CMYK;
    }

    private int walkToFirstScan() throws UndecodableException {
        int at = 2;
        while (true) {
            int marker = marker(at);
            while (marker == 0xFF) {
                marker = marker(++at);
            }
            if (marker == END_OF_IMAGE) {
                throw ImageHeader.corrupt(JPEG, "it ends before its first scan");
            }
            int length = bytes.getShort(at + 2) & 0xffff;
            if (marker == START_OF_SCAN) {
                if (width == 0) {
                    throw ImageHeader.corrupt(JPEG, "its first scan comes before its frame header");
                }
                return at;
            }
            if (length < 2) {
                throw ImageHeader.corrupt(JPEG, "segment 0x%02X has length %d".formatted(marker, length));
            }
            if (at + 2 + length > bytes.limit()) {
                throw ImageHeader.truncated(JPEG, bytes.limit(), "the rest of its header");
            }
            segment(marker, bytes.slice(at + 4, length - 2));
            at += 2 + length;
        }
    }

    private int marker(int at) throws UndecodableException {
        if ((bytes.get(at) & 0xff) != 0xFF) {
            throw ImageHeader.corrupt(JPEG, "byte %d is 0x%02X where a marker must be".formatted(at, bytes.get(at)));
        }
        return bytes.get(at + 1) & 0xff;
    }

    private void segment(int marker, ByteBuffer data) throws UndecodableException {
        if (marker == 0xE1 && exif == null && startsWith(data, EXIF)) {
            exif = Orientation.inExif(data.slice(EXIF.length, data.limit() - EXIF.length));
        } else if (marker == 0xE1 && xmp == null && startsWith(data, XMP)) {
            xmp = Orientation.inXmp(data.slice(XMP.length, data.limit() - XMP.length));
        } else if (marker == 0xEE && data.limit() >= 12 && startsWith(data, ADOBE)) {
            adobeTransform = data.get(11);
        } else if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
            frame(marker, data);
        }
    }

    private void frame(int marker, ByteBuffer data) throws UndecodableException {
        if (width != 0) {
            throw ImageHeader.corrupt(JPEG, "it has two frame headers");
        }
        int bits = data.get(0);
        height = data.getShort(1) & 0xffff;
        width = data.getShort(3) & 0xffff;
        components = data.get(5);
        progressive = marker == 0xC2 || marker == 0xCA;
        if (bits != 8) {
            throw ImageHeader.unsupported(JPEG, bits + " bits a sample");
        }
        if (components != 1 && components != 3 && components != 4) {
            throw ImageHeader.unsupported(JPEG, components + " components");
        }
        if (height == 0 || width == 0) {
            throw ImageHeader.corrupt(JPEG, "its frame header says " + height + " x " + width + " pixels");
        }
    }

    /** libjpeg fills the rows that are missing with grey and says nothing to its caller: so look for the end here. */
    private void checkWhole(int firstScan) throws UndecodableException {
        int last = bytes.limit();
        if (!progressive
                && last >= firstScan + 4
                && (bytes.get(last - 1) & 0xff) == END_OF_IMAGE
                && (bytes.get(last - 2) & 0xff) == 0xFF) {
            return;
        }
        int scans = 0;
        int at = firstScan;
        while (at + 1 < last) {
            if (bytes.get(at) != (byte) 0xFF) {
                at++;
                continue;
            }
            int marker = bytes.get(at + 1) & 0xff;
            if (marker == END_OF_IMAGE) {
                return;
            }
            if (marker == START_OF_SCAN && ++scans > MAX_SCANS) {
                throw ImageHeader.unsupported(JPEG, "more than " + MAX_SCANS + " scans");
            }
            if (marker == 0xFF) {
                at++;
            } else if (marker == 0 || marker >= 0xD0 && marker <= 0xD7 || marker == 1) {
                at += 2;
            } else {
                at += 2 + (at + 3 < last ? bytes.getShort(at + 2) & 0xffff : 0);
            }
        }
        throw ImageHeader.truncated(JPEG, last, "its end marker");
    }

    private static boolean startsWith(ByteBuffer data, byte[] prefix) {
        return data.limit() >= prefix.length && data.slice(0, prefix.length).equals(ByteBuffer.wrap(prefix));
    }
}
