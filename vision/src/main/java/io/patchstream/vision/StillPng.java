package io.patchstream.vision;

import java.nio.ByteBuffer;

/**
 * A PNG without what does not change its still picture. OpenCV reads animations too, and a damaged one kills the process
 * (seen on 2026-11-27 with 4.13: SIGSEGV in {@code imdecode} when a frame control chunk is damaged); text, profiles and
 * times only cost. Critical chunks stay, known or not, and so does transparency, which libpng checks against them.
 */
final class StillPng {
    private static final int SIGNATURE = 8;
    /** Length, type and check sum. */
    private static final int FRAME = 12;

    private static final int IEND = 0x49454E44;
    private static final int TRNS = 0x74524E53;
    /** The bit of a chunk's type that says: a picture is whole without it. */
    private static final int ANCILLARY = 0x20000000;

    private StillPng() {}

    /**
     * Copies.
     *
     * @param picture from position to limit; its chunks are known to lie within
     * @param into from 0; at least as large
     * @return how many bytes there are now
     */
    static int copy(ByteBuffer picture, ByteBuffer into) {
        // A slice counts from 0 and is big-endian, as PNG is.
        ByteBuffer png = picture.slice();
        into.put(0, png, 0, SIGNATURE);
        int length = SIGNATURE;
        int type = 0;
        for (int at = SIGNATURE; type != IEND; ) {
            int chunk = FRAME + png.getInt(at);
            type = png.getInt(at + Integer.BYTES);
            if ((type & ANCILLARY) == 0 || type == TRNS) {
                into.put(length, png, at, chunk);
                length += chunk;
            }
            at += chunk;
        }
        return length;
    }
}
