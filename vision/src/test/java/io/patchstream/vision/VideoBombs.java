package io.patchstream.vision;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;

/** Small segments that claim to be large: H.265, Matroska and MPEG-TS. */
final class VideoBombs {
    private static final int SIDE = 16_000;
    private static final int BYTES = 190_000;

    private VideoBombs() {}

    /** All of them, by what they are. */
    static Map<String, byte[]> all() {
        byte[] h265 = h265(SIDE);
        Map<String, byte[]> bombs = new LinkedHashMap<>();
        bombs.put("H.265 of 16,000 x 16,000", h265);
        bombs.put("H.265 that grows to 16,000 x 16,000", joined(Bombs.golden("segments/plain.h265"), h265));
        bombs.put("MKV of 16,000 x 16,000", matroska(track(SIDE, new byte[0]), h265));
        bombs.put("MKV with H.265 of 16,000 x 16,000", matroska(track(64, new byte[0]), h265));
        bombs.put("MKV with a block that inflates to it", matroska(track(64, ZLIB), deflated(padded(h265))));
        bombs.put("MKV with 90,000 tracks", matroska(repeated(element(0xAE)), h265));
        bombs.put(
                "MKV with 60,000 encodings of a track",
                matroska(track(64, element(0x6D80, repeated(element(0x6240)))), h265));
        bombs.put("MKV with 60,000 attachments", withTopLevel(element(0x1941A469, repeated(element(0x61A7)))));
        bombs.put(
                "MKV with 90,000 chapters",
                withTopLevel(element(0x1043A770, element(0x45B9, repeated(element(0xB6))))));
        bombs.put("MKV with 60,000 tags", withTopLevel(element(0x1254C367, repeated(element(0x7373)))));
        bombs.put("MKV with 90,000 cues", withTopLevel(element(0x1C53BB6B, repeated(element(0xBB)))));
        bombs.put("MKV with private data of 250 MiB", privateData());
        bombs.put("TS with H.265 of 16,000 x 16,000", TsBombs.of(h265));
        bombs.put("TS with 44,000 programmes", TsBombs.programmes(44_000));
        bombs.put("TS with 1,500 programmes of which nothing comes", TsBombs.programmes(1_500));
        bombs.put("TS with 1,500 streams of which nothing comes", TsBombs.streams(1_500));
        return bombs;
    }

    /** ContentEncodings with zlib, of the block's own bytes. */
    private static final byte[] ZLIB =
            element(0x6D80, element(0x6240, element(0x5034, element(0x4254, new byte[] {0}))));

    private static byte[] repeated(byte[] element) {
        byte[] all = new byte[BYTES / element.length * element.length];
        for (int at = 0; at < all.length; at += element.length) {
            System.arraycopy(element, 0, all, at, element.length);
        }
        return all;
    }

    private static byte[] padded(byte[] segment) {
        return Arrays.copyOf(segment, 8_000_000);
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        deflater.setInput(bytes);
        deflater.finish();
        byte[] small = new byte[BYTES];
        int length = deflater.deflate(small);
        deflater.end();
        return Arrays.copyOf(small, length);
    }

    /** A track of H.265 without private data, so that its blocks are Annex B. */
    private static byte[] track(int side, byte[] encodings) {
        byte[] size = {(byte) (side >> 8), (byte) side};
        byte[] frame = element(0xE0, element(0xB0, size), element(0xBA, size));
        return element(
                0xAE,
                element(0xD7, new byte[] {1}),
                element(0x83, new byte[] {1}),
                element(0x86, "V_MPEGH/ISO/HEVC".getBytes(US_ASCII)),
                encodings,
                frame);
    }

    private static byte[] matroska(byte[] tracks, byte[] block, byte[]... before) {
        byte[] head = element(0x1A45DFA3, element(0x4282, "matroska".getBytes(US_ASCII)));
        byte[] simpleBlock = joined(new byte[] {(byte) 0x81, 0, 0, (byte) 0x80}, block);
        byte[] cluster = element(0x1F43B675, element(0xE7, new byte[] {0}), element(0xA3, simpleBlock));
        return joined(
                head, element(0x18538067, element(0x1549A966), joined(before), element(0x1654AE6B, tracks), cluster));
    }

    private static byte[] withTopLevel(byte[] element) {
        return matroska(track(64, new byte[0]), h265(SIDE), element);
    }

    /** Its length is claimed and its bytes are not there. */
    private static byte[] privateData() {
        byte[] claim = joined(new byte[] {0x63, (byte) 0xA2, 0x10 | 0x0F, (byte) 0xA0, 0, 0}, new byte[1000]);
        return matroska(track(64, claim), h265(SIDE));
    }

    /** EBML: an element of an id and its content, the length in as few bytes as it takes. */
    private static byte[] element(int id, byte[]... content) {
        byte[] body = joined(content);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int shift = 24; shift >= 0; shift -= 8) {
            if (id >>> shift != 0) {
                out.write(id >>> shift);
            }
        }
        if (body.length < 127) {
            out.write(0x80 | body.length);
        } else {
            out.write(0x10 | body.length >> 24);
            out.write(body.length >> 16);
            out.write(body.length >> 8);
            out.write(body.length);
        }
        out.writeBytes(body);
        return out.toByteArray();
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** The golden segment with another size in its sequence parameter set (H.265, 7.3.2.2). */
    private static byte[] h265(int side) {
        byte[] segment = Bombs.golden("segments/plain.h265");
        int from = Bombs.indexOf(segment, new byte[] {0, 0, 1, 0x42}, 0) + 3;
        int to = Bombs.indexOf(segment, new byte[] {0, 0, 0, 1}, from);
        StringBuilder bits = new StringBuilder();
        int zeros = 0;
        for (int at = from; at < to; at++) {
            boolean escape = zeros >= 2 && segment[at] == 3;
            if (!escape) {
                bits.append(Integer.toBinaryString(0x100 | segment[at] & 0xff).substring(1));
            }
            zeros = segment[at] == 0 ? zeros + 1 : 0;
        }
        // Header, layers and profile are 15 bytes; then the set's id, the chroma format, width and height.
        int at = 15 * 8;
        at += golombLength(bits, at);
        at += golombLength(bits, at);
        int end = at + golombLength(bits, at);
        end += golombLength(bits, end);
        bits.replace(at, end, Bombs.golomb(side) + Bombs.golomb(side));
        return joined(Arrays.copyOf(segment, from), escaped(bits), Arrays.copyOfRange(segment, to, segment.length));
    }

    private static int golombLength(CharSequence bits, int at) {
        int zeros = 0;
        while (bits.charAt(at + zeros) == '0') {
            zeros++;
        }
        return 2 * zeros + 1;
    }

    private static byte[] escaped(CharSequence bits) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int zeros = 0;
        for (int at = 0; at + 8 <= bits.length() + 7; at += 8) {
            String eight = (bits.subSequence(at, Math.min(at + 8, bits.length())) + "0000000").substring(0, 8);
            int value = Integer.parseInt(eight, 2);
            if (zeros >= 2 && value <= 3) {
                out.write(3);
                zeros = 0;
            }
            out.write(value);
            zeros = value == 0 ? zeros + 1 : 0;
        }
        return out.toByteArray();
    }
}
