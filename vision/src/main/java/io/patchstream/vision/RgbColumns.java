package io.patchstream.vision;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The columns of a picture that is stored as rows of RGB bytes. Keeps its memory from picture to picture. */
final class RgbColumns implements Columns {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int CACHE_LINE = 64;

    private final int[] packed = new int[LANES];
    private byte[] strip = new byte[0];
    private int stride;
    private PixelRows source;
    private int firstColumn;
    private int columns;
    private int rows;

    /** The columns {@code [first, end)} of a picture; valid until the next call. */
    RgbColumns of(PixelRows picture, int first, int end) {
        source = picture;
        firstColumn = first;
        columns = end - first;
        // A pixel is read as four bytes. An odd number of cache lines lets a column spread over the whole cache.
        stride = ((columns * 3 + 1 + CACHE_LINE - 1) / CACHE_LINE | 1) * CACHE_LINE;
        if (strip.length < stride * LANES) {
            strip = new byte[stride * LANES];
        }
        return this;
    }

    @Override
    public void load(int row, int rows) {
        this.rows = rows;
        for (int i = 0; i < rows; i++) {
            source.read(row + i, firstColumn, columns, strip, i * stride);
        }
    }

    @Override
    public void column(int x, int[] planes) {
        byte[] bytes = strip;
        int at = (x - firstColumn) * 3;
        int step = stride;
        int i = 0;
        for (; i + 4 <= rows; i += 4, at += 4 * step) {
            packed[i] = (int) INT.get(bytes, at);
            packed[i + 1] = (int) INT.get(bytes, at + step);
            packed[i + 2] = (int) INT.get(bytes, at + 2 * step);
            packed[i + 3] = (int) INT.get(bytes, at + 3 * step);
        }
        for (; i < rows; i++, at += step) {
            packed[i] = (int) INT.get(bytes, at);
        }
        Lanes.unpack(packed, 0, planes, 0, LANES);
        Lanes.unpack(packed, 8, planes, LANES, LANES);
        Lanes.unpack(packed, 16, planes, 2 * LANES, LANES);
    }
}
