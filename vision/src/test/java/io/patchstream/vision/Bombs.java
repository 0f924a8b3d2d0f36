package io.patchstream.vision;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Small inputs that claim to be large: of each format, made here from golden pictures or from nothing. */
final class Bombs {
    private static final int HUGE = 30_000;

    private Bombs() {}

    /** All of them, by what they are. */
    static Map<String, byte[]> all() {
        Map<String, byte[]> bombs = new LinkedHashMap<>();
        bombs.put("PNG of 10^9 pixels that is whole", wholePng(40_000, 25_000));
        bombs.put("PNG with a side of 2^31 - 1", png(Integer.MAX_VALUE, 1, 8, 2, new byte[100]));
        bombs.put("JPEG of 65,000 x 65,000", jpeg("jpeg-0-31x45.jpg", 65_000));
        bombs.put("progressive JPEG of 30,000 x 30,000", jpeg("jpeg-progressive-2-31x45.jpg", HUGE));
        bombs.put("JPEG of inks, 30,000 x 30,000", jpeg("jpeg-ycck-1-31x45.jpg", HUGE));
        bombs.put("WebP of 16,383 x 16,383", webp("webp-lossy-31x45.webp", "VP8 "));
        bombs.put("lossless WebP of 16,384 x 16,384", webp("webp-lossless-31x45.webp", "VP8L"));
        bombs.put("animated WebP with a canvas of 2^24 x 2^24", webp("webp-animated.webp", "VP8X"));
        bombs.put("BMP of 30,000 x 30,000 in runs", bmp("bmp-rle8-31x45.bmp", HUGE, HUGE));
        bombs.put("BMP with 2^31 - 1 rows", bmp("bmp-rle8-31x45.bmp", Integer.MAX_VALUE, 31));
        bombs.put("BMP of 30,000 x 30,000 without its rows", bmp("bmp-4bit-31x45.bmp", HUGE, HUGE));
        bombs.put("GIF of 65,535 x 65,535", gif(0));
        bombs.put("GIF with an animation of 15,000 pictures", gif(15_000));
        bombs.put("TIFF of 100,000 x 100,000", tiff());
        bombs.put("H.264 of 16,000 x 16,000", h264(golden("segments/plain.h264")));
        bombs.put("H.264 that grows to 16,000 x 16,000", growingH264());
        bombs.put("MP4 with 50,000,000 pictures", mp4(50_000_000, false));
        bombs.put("MP4 with 50,000,000 pictures in a fragment", fragmentedMp4(50_000_000));
        bombs.put("MP4 with 50,000,000 pictures and a table of their sizes", mp4(50_000_000, true));
        bombs.putAll(VideoBombs.all());
        return bombs;
    }

    /** Small pictures that claim a long animation: their still picture is all that is decoded. */
    static Map<String, byte[]> animations() {
        Map<String, byte[]> bombs = new LinkedHashMap<>();
        bombs.put("PNG with an animation of 2^31 - 1 pictures", animatedPng());
        bombs.put("WebP with an animation of 6,000 pictures", animatedWebp());
        return bombs;
    }

    private static byte[] animatedPng() {
        byte[] still = png(16, 16, 8, 2, new byte[16 * (1 + 3 * 16)]);
        int header = 8 + 12 + 13;
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.write(still, 0, header);
        chunk(png, "acTL", ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).array());
        for (int i = 0; i < 3000; i++) {
            chunk(
                    png,
                    "fcTL",
                    ByteBuffer.allocate(26).putInt(i).putInt(HUGE).putInt(HUGE).array());
        }
        png.write(still, header, still.length - header);
        return png.toByteArray();
    }

    /** The golden animation's first picture, again and again. */
    private static byte[] animatedWebp() {
        byte[] webp = golden("pictures/webp-animated.webp");
        int at = indexOf(webp, "ANMF".getBytes(US_ASCII), 0);
        int length = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 4);
        byte[] picture = Arrays.copyOfRange(webp, at, at + 8 + length + (length & 1));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(webp, 0, at);
        while (all.size() + picture.length < 190_000) {
            all.writeBytes(picture);
        }
        byte[] bomb = all.toByteArray();
        ByteBuffer.wrap(bomb).order(ByteOrder.LITTLE_ENDIAN).putInt(4, bomb.length - 8);
        return bomb;
    }

    static byte[] golden(String name) {
        try (var in = Bombs.class.getResourceAsStream("/golden/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One bit a pixel, all of them there: a thousandth of the pixels that come out. */
    private static byte[] wholePng(int width, int height) {
        return png(width, height, 1, 0, new byte[(width / 8 + 1) * height]);
    }

    private static byte[] png(int width, int height, int depth, int colour, byte[] rows) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        deflater.setInput(rows);
        deflater.finish();
        byte[] pixels = new byte[1 << 20];
        int length = deflater.deflate(pixels);
        deflater.end();
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes(ByteBuffer.allocate(8).putLong(0x89504E470D0A1A0AL).array());
        chunk(
                png,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) depth)
                        .put((byte) colour)
                        .array());
        chunk(png, "IDAT", Arrays.copyOf(pixels, length));
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
        byte[] body = ByteBuffer.allocate(4 + data.length)
                .put(type.getBytes(US_ASCII))
                .put(data)
                .array();
        CRC32 crc = new CRC32();
        crc.update(body);
        png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        png.writeBytes(body);
        png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static byte[] jpeg(String name, int side) {
        byte[] jpeg = golden("pictures/" + name);
        for (int at = 2; ; at += 2 + (ByteBuffer.wrap(jpeg).getShort(at + 2) & 0xffff)) {
            int marker = jpeg[at + 1] & 0xff;
            if (marker == 0xC0 || marker == 0xC2) {
                ByteBuffer.wrap(jpeg).putShort(at + 5, (short) side).putShort(at + 7, (short) side);
                return jpeg;
            }
        }
    }

    private static byte[] webp(String name, String chunk) {
        byte[] webp = golden("pictures/" + name);
        int at = indexOf(webp, chunk.getBytes(US_ASCII), 12) + 8;
        ByteBuffer bytes = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN);
        switch (chunk) {
            case "VP8 " -> bytes.putShort(at + 6, (short) 0x3FFF).putShort(at + 8, (short) 0x3FFF);
            case "VP8L" -> bytes.putInt(at + 1, bytes.getInt(at + 1) | 0x0FFFFFFF);
            default -> Arrays.fill(webp, at + 4, at + 10, (byte) 0xff);
        }
        return webp;
    }

    private static byte[] bmp(String name, int height, int width) {
        byte[] bmp = golden("pictures/" + name);
        ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(18, width).putInt(22, height);
        return bmp;
    }

    private static byte[] gif(int pictures) {
        ByteBuffer gif = ByteBuffer.allocate(64 + 12 * pictures).order(ByteOrder.LITTLE_ENDIAN);
        gif.put("GIF89a".getBytes(US_ASCII)).putInt(-1).position(13);
        for (int i = 0; i < pictures; i++) {
            gif.put((byte) 0x2C)
                    .putInt(0)
                    .putInt(-1)
                    .put((byte) 0)
                    .put((byte) 2)
                    .put((byte) 0);
        }
        return gif.array();
    }

    private static byte[] tiff() {
        ByteBuffer tiff = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        tiff.put("II".getBytes(US_ASCII)).putShort((short) 42).putInt(8).putShort((short) 2);
        for (int tag = 256; tag <= 257; tag++) {
            tiff.putShort((short) tag).putShort((short) 4).putInt(1).putInt(100_000);
        }
        return tiff.array();
    }

    /** With another sequence parameter set in place of its own. */
    private static byte[] h264(byte[] segment) {
        int from = indexOf(segment, new byte[] {0, 0, 1}, 0) + 3;
        int to = indexOf(segment, new byte[] {0, 0, 1}, from);
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.writeBytes(new byte[] {0, 0, 0, 1});
        bomb.writeBytes(parameterSet(16_000 / 16));
        bomb.write(0);
        bomb.write(segment, to, segment.length - to);
        return bomb.toByteArray();
    }

    private static byte[] growingH264() {
        byte[] small = golden("segments/plain.h264");
        byte[] large = h264(small);
        byte[] both = Arrays.copyOf(small, small.length + large.length);
        System.arraycopy(large, 0, both, small.length, large.length);
        return both;
    }

    /** H.264, 7.3.2.1.1: Baseline, level 5.1, frames of so many macroblocks a side. */
    private static byte[] parameterSet(int macroblocks) {
        StringBuilder bits = new StringBuilder();
        bits.append("01100111").append("01000010").append("00000000").append("00110011");
        bits.append(golomb(0))
                .append(golomb(0))
                .append(golomb(2))
                .append(golomb(1))
                .append("0");
        bits.append(golomb(macroblocks - 1))
                .append(golomb(macroblocks - 1))
                .append("1")
                .append("1");
        bits.append("0").append("0").append("1");
        while (bits.length() % 8 != 0) {
            bits.append('0');
        }
        byte[] bytes = new byte[bits.length() / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(bits.substring(8 * i, 8 * i + 8), 2);
        }
        return bytes;
    }

    static String golomb(int value) {
        String binary = Integer.toBinaryString(value + 1);
        return "0".repeat(binary.length() - 1) + binary;
    }

    /** All pictures in one chunk, each of one byte: a table of their sizes, or one size for all. */
    private static byte[] mp4(int pictures, boolean table) {
        byte[] mp4 = golden("segments/h264.mp4");
        ByteBuffer bytes = ByteBuffer.wrap(mp4);
        int sizes = indexOf(mp4, "stsz".getBytes(US_ASCII), 0) + 4;
        bytes.putInt(sizes + 4, table ? 0 : 1).putInt(sizes + 8, pictures);
        int chunks = indexOf(mp4, "stsc".getBytes(US_ASCII), 0) + 4;
        bytes.putInt(chunks + 12, pictures);
        int times = indexOf(mp4, "stts".getBytes(US_ASCII), 0) + 4;
        bytes.putInt(times + 8, pictures);
        return mp4;
    }

    /** As {@link #mp4}, by a run of a movie fragment at its end. */
    private static byte[] fragmentedMp4(int pictures) {
        byte[] mp4 = golden("segments/h264.mp4");
        ByteBuffer fragment = ByteBuffer.allocate(8 + 8 + 24 + 16);
        fragment.putInt(56).put("moof".getBytes(US_ASCII)).putInt(48).put("traf".getBytes(US_ASCII));
        fragment.putInt(24)
                .put("tfhd".getBytes(US_ASCII))
                .putInt(0x18)
                .putInt(1)
                .putInt(1)
                .putInt(1);
        fragment.putInt(16).put("trun".getBytes(US_ASCII)).putInt(0).putInt(pictures);
        byte[] both = Arrays.copyOf(mp4, mp4.length + fragment.capacity());
        System.arraycopy(fragment.array(), 0, both, mp4.length, fragment.capacity());
        return both;
    }

    static int indexOf(byte[] bytes, byte[] wanted, int from) {
        for (int at = from; at + wanted.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new IllegalArgumentException("there is no " + new String(wanted, US_ASCII));
    }
}
