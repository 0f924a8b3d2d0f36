package io.patchstream.vision.encoded;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** How a picture or a segment of video is encoded. */
public enum PictureFormat {
    JPEG,
    PNG,
    WEBP,
    BMP,
    /** H.264 as an Annex B byte stream. */
    H264,
    /** H.265 as an Annex B byte stream. */
    H265,
    /** ISO base media: MP4, MOV. */
    MP4,
    MATROSKA,
    MPEG_TS;

    /** Whether it holds one picture, not a segment of video. */
    public boolean isStill() {
        return ordinal() <= BMP.ordinal();
    }

    /** The format that the bytes from position on begin like; empty when it is none of these. Does not move the position. */
    public static Optional<PictureFormat> tell(ByteBuffer encoded) {
        ByteBuffer bytes = encoded.slice().order(ByteOrder.BIG_ENDIAN);
        if (bytes.remaining() < 4) {
            return Optional.empty();
        }
        int first = bytes.getInt(0);
        if (first >>> 8 == 0xFFD8FF) {
            return Optional.of(JPEG);
        }
        if (first == 0x89504E47) {
            return Optional.of(PNG);
        }
        if (first == 0x52494646 && bytes.remaining() >= 12 && bytes.getInt(8) == 0x57454250) {
            return Optional.of(WEBP);
        }
        if (first >>> 16 == 0x424D) {
            return Optional.of(BMP);
        }
        if (first == 0x1A45DFA3) {
            return Optional.of(MATROSKA);
        }
        if (bytes.remaining() >= 8 && isMp4Box(bytes.getInt(4))) {
            return Optional.of(MP4);
        }
        if (first >>> 24 == 0x47 && bytes.remaining() >= 188 && (bytes.remaining() == 188 || bytes.get(188) == 0x47)) {
            return Optional.of(MPEG_TS);
        }
        return annexB(bytes);
    }

    private static boolean isMp4Box(int type) {
        return type == 0x66747970 || type == 0x6D6F6F76 || type == 0x7374_7970; // ftyp, moov, styp
    }

    /** By the first NAL unit: the two codecs' parameter sets, delimiters and keyframes do not look alike. */
    private static Optional<PictureFormat> annexB(ByteBuffer bytes) {
        int zeros = 0;
        while (zeros < bytes.remaining() && bytes.get(zeros) == 0) {
            zeros++;
        }
        if (zeros < 2 || zeros + 2 >= bytes.remaining() || bytes.get(zeros) != 1) {
            return Optional.empty();
        }
        int head = bytes.get(zeros + 1) & 0xff;
        int next = bytes.get(zeros + 2) & 0xff;
        if (head >> 7 != 0) {
            return Optional.empty();
        }
        int h265Type = head >> 1;
        boolean h265 = (head & 1) == 0
                && next >> 3 == 0
                && (next & 7) == 1
                && (h265Type >= 32 && h265Type <= 35 || h265Type == 39 || h265Type <= 21);
        int h264Type = head & 31;
        boolean referenced = head >> 5 != 0;
        boolean h264 = h264Type == 6 || h264Type == 9
                ? !referenced
                : h264Type == 7 || h264Type == 8 || h264Type == 5 ? referenced : h264Type == 1;
        if (h264 && h265) {
            // Both fit one byte (0x28: a parameter set, or a keyframe without one): only the former starts a segment.
            return Optional.of(H264);
        }
        return h265 ? Optional.of(H265) : h264 ? Optional.of(H264) : Optional.empty();
    }
}
