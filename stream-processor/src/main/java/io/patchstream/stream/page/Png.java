package io.patchstream.stream.page;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.patchstream.vision.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Pixels as a PNG: every value stays as it is. */
final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int BITS = 8;
    private static final int RGB = 2;

    private Png() {}

    static byte[] of(RgbImage image) {
        try {
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(png);
            out.write(SIGNATURE);
            chunk(out, "IHDR", header(image));
            chunk(out, "IDAT", deflated(image));
            chunk(out, "IEND", new byte[0]);
            return png.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written to", e);
        }
    }

    private static byte[] header(RgbImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(image.width());
        out.writeInt(image.height());
        // Bits a value, colours, and the usual compression, filters and order.
        out.write(new byte[] {BITS, RGB, 0, 0, 0});
        return bytes.toByteArray();
    }

    private static byte[] deflated(RgbImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            int row = image.width() * 3;
            for (int y = 0; y < image.height(); y++) {
                out.write(0);
                out.write(image.pixels(), y * row, row);
            }
        }
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(type.getBytes(US_ASCII));
        crc.update(data);
        out.writeInt(data.length);
        out.write(type.getBytes(US_ASCII));
        out.write(data);
        out.writeInt((int) crc.getValue());
    }
}
