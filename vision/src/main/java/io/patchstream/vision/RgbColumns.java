package io.patchstream.vision;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The columns of a picture that is stored as rows of RGB bytes. Keeps its memory from picture to picture. */
final class RgbColumns implements Columns {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int CACHE_LINE = 64;

    private final int[] left = new int[LANES];
    private final int[] right = new int[LANES];
    private byte[] strip = new byte[0];
    private int stride;
    private PixelRows source;
    private int firstColumn;
    private int columns;
    private int rows;
    private int rightColumn;

    /** The columns {@code [first, end)} of a picture; valid until the next call. */
    RgbColumns of(PixelRows picture, int first, int end) {
        source = picture;
        firstColumn = first;
        columns = end - first;
        // Two pixels are read as eight bytes. An odd number of cache lines lets a column spread over the whole cache.
        stride = ((columns * 3 + 5 + CACHE_LINE - 1) / CACHE_LINE | 1) * CACHE_LINE;
        if (strip.length < stride * LANES) {
            strip = new byte[stride * LANES];
        }
        return this;
    }

    @Override
    public void load(int row, int rows) {
        this.rows = rows;
        rightColumn = -1;
        for (int i = 0; i < rows; i++) {
            source.read(row + i, firstColumn, columns, strip, i * stride);
        }
    }

    @Override
    public void column(int x, int[] planes) {
        int[] packed = left;
        if (x == rightColumn) {
            packed = right;
        } else {
            gather((x - firstColumn) * 3);
            rightColumn = x + 1;
        }
        Lanes.unpack(packed, 0, planes, 0, LANES);
        Lanes.unpack(packed, 8, planes, LANES, LANES);
        Lanes.unpack(packed, 16, planes, 2 * LANES, LANES);
    }

    /** Two columns at a time: eight bytes hold two pixels. */
    private void gather(int offset) {
        byte[] bytes = strip;
        int[] first = left;
        int[] second = right;
        int step = stride;
        for (int i = 0, at = offset; i < rows; i++, at += step) {
            long pixels = (long) LONG.get(bytes, at);
            first[i] = (int) pixels;
            second[i] = (int) (pixels >>> 24);
        }
    }
}
