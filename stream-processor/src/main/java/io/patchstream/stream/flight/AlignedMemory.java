package io.patchstream.stream.flight;

import java.nio.ByteBuffer;

/** Memory outside the heap that starts at a cache line, as vector instructions like it. */
public final class AlignedMemory {
    private static final int CACHE_LINE = 64;

    private AlignedMemory() {}

    /** So many zero bytes; they go when nobody refers to them. */
    public static ByteBuffer allocate(int bytes) {
        // alignedSlice also rounds the end down to a line: two lines more than asked for are always enough.
        return ByteBuffer.allocateDirect(Math.addExact(bytes, 2 * CACHE_LINE))
                .alignedSlice(CACHE_LINE)
                .slice(0, bytes);
    }
}
