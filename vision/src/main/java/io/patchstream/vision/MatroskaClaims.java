package io.patchstream.vision;

import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import java.nio.ByteBuffer;

/**
 * How many tracks a Matroska file says that it has. FFmpeg has 1.9 kB for each, and a track may be two bytes long: a frame of
 * 190 kB took 173 MiB, and one of 32 MiB would have taken 30 GiB.
 *
 * <p>Tables of tracks are looked for at every byte, since FFmpeg goes on at any byte after damage.
 */
final class MatroskaClaims {
    private static final int MOST_TRACKS = 128;
    /** Elements in all tables together, so that looking is done in time. */
    private static final int MOST_ELEMENTS = 1 << 16;

    private static final int TRACKS = 0x1654AE6B;
    private static final int TRACK = 0xAE;

    private final ByteBuffer file;
    private int tracks;
    private int elements;

    private MatroskaClaims(ByteBuffer file) {
        this.file = file;
    }

    /**
     * Refuses a file that claims more tracks than are read here.
     *
     * @param segment from position to limit, which stay
     */
    static void check(ByteBuffer segment) throws UndecodableException {
        MatroskaClaims claims = new MatroskaClaims(segment.slice());
        for (int at = 0; at + 4 <= claims.file.limit(); at++) {
            if (claims.file.getInt(at) == TRACKS) {
                claims.table(at + 4);
            }
        }
    }

    /** A table whose size is at {@code at}; what it claims to be longer than the file is cut off. */
    private void table(int at) throws UndecodableException {
        int width = width(at);
        long end = Math.min(file.limit(), at + width + size(at, width));
        long next = at + width;
        while (width > 0 && next < end) {
            int element = (int) next;
            int id = width(element);
            width = id > 0 && id <= 4 ? width(element + id) : 0;
            tracks += id == 1 && (file.get(element) & 0xFF) == TRACK ? 1 : 0;
            if (tracks > MOST_TRACKS || ++elements > MOST_ELEMENTS) {
                throw new UndecodableException(
                        Code.TOO_LARGE,
                        "the Matroska file claims more than " + MOST_TRACKS + " tracks: send one track of video");
            }
            next += id + width + (width == 0 ? 0 : size(element + id, width));
        }
    }

    /** How many bytes the number at {@code at} has, by its leading zeros; 0 where there is none. */
    private int width(int at) {
        int first = at < file.limit() ? file.get(at) & 0xFF : 0;
        int width = first == 0 ? 0 : Integer.numberOfLeadingZeros(first) - 23;
        return at + width <= file.limit() ? width : 0;
    }

    /** The number without its mark; all ones is "unknown", up to the end of the file. */
    private long size(int at, int width) {
        if (width == 0) {
            return 0;
        }
        long size = file.get(at) & 0xFF >> width;
        for (int i = 1; i < width; i++) {
            size = size << 8 | file.get(at + i) & 0xFF;
        }
        return Math.min(size, file.limit());
    }
}
