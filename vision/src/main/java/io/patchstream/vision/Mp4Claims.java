package io.patchstream.vision;

import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How many samples an MP4 says that it has. FFmpeg writes an entry of 24 bytes for each when it opens the file, and needs no
 * table for samples of one size: a file of 3 kB with 50,000,000 of them took 3.4 GiB.
 *
 * <p>The boxes that count samples are looked for everywhere but in {@code mdat}, at every byte: FFmpeg reads them within any
 * box that it opens, and this must not see less than it does.
 */
final class Mp4Claims {
    /** 96 MiB of FFmpeg's entries: half a minute of sound that is stored sample by sample, twice over. */
    private static final long MOST = 4 << 20;

    private static final int MDAT = 0x6D646174;
    private static final int STSZ = 0x7374737A;
    private static final int STZ2 = 0x73747A32;
    private static final int STSC = 0x73747363;
    private static final int TRUN = 0x7472756E;
    private static final int CMOV = 0x636D6F76;

    private final ByteBuffer file;

    private Mp4Claims(ByteBuffer file) {
        this.file = file;
    }

    /**
     * Refuses a file that claims more samples than it has bytes, since each has one, or more than are read here.
     *
     * @param segment from position to limit, which stay
     */
    static void check(ByteBuffer segment) throws UndecodableException {
        Mp4Claims claims = new Mp4Claims(segment.slice().order(ByteOrder.BIG_ENDIAN));
        long end = claims.file.limit();
        for (long at = 0; at + 8 <= end; ) {
            long size = claims.unsigned(at);
            boolean wide = size == 1 && at + 16 <= end;
            if (wide) {
                size = claims.file.getLong((int) at + 8);
            }
            long next = size == 0 || size > end - at ? end : at + size;
            if (size != 0 && next < at + (wide ? 16 : 8)) {
                // FFmpeg goes no further.
                return;
            }
            if (claims.file.getInt((int) at + 4) != MDAT) {
                claims.scan(at + 4, next);
            }
            at = next;
        }
    }

    private void scan(long from, long to) throws UndecodableException {
        for (int at = (int) from; at + 4 <= to; at++) {
            switch (file.getInt(at)) {
                case STSZ, STZ2 -> samples(at + 12);
                case TRUN -> samples(at + 8);
                case STSC -> runs(at);
                case CMOV ->
                    throw new UndecodableException(
                            Code.UNSUPPORTED,
                            "the MP4 has a compressed header, which is not decoded here: send it plain");
                default -> {
                    // It counts nothing.
                }
            }
        }
    }

    /** Chunks of so many samples each: runs of first chunk, samples, description. */
    private void runs(int type) throws UndecodableException {
        long runs = type + 12 <= file.limit() ? unsigned(type + 8L) : 0;
        for (long run = 0, at = type + 16L; run < runs && at + 4 <= file.limit(); run++, at += 12) {
            samples(at);
        }
    }

    private void samples(long at) throws UndecodableException {
        long samples = at + 4 <= file.limit() ? unsigned(at) : 0;
        if (samples > Math.min(MOST, file.limit())) {
            throw new UndecodableException(
                    Code.TOO_LARGE,
                    "the MP4 claims " + samples + " samples and has " + file.limit() + " bytes; at most " + MOST
                            + " are read, and each takes a byte: send shorter segments");
        }
    }

    private long unsigned(long at) {
        return file.getInt((int) at) & 0xFFFFFFFFL;
    }
}
