package io.patchstream.vision;

import static io.patchstream.vision.Columns.LANES;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Some rows of one plane of a frame, read column by column. Keeps its memory from frame to frame. */
final class PlaneStrip {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int CACHE_LINE = 64;

    private final int halved;
    private final int[] packed = new int[LANES];
    private byte[] strip = new byte[0];
    private ByteBuffer plane;
    private int planeStride;
    private int stride;
    private int firstColumn;
    private int columns;
    private int row;
    private int rows;
    private int group;

    /** A plane with a row for each of the picture's, or with half as many. */
    PlaneStrip(boolean halvedRows) {
        halved = halvedRows ? 1 : 0;
    }

    /** Reads the plane's columns {@code [first, end)} from now on. */
    void open(ByteBuffer plane, int planeStride, int first, int end) {
        this.plane = plane;
        this.planeStride = planeStride;
        firstColumn = first;
        columns = end - first;
        // Four columns are read at a time; an odd number of cache lines lets them spread over the whole cache.
        stride = ((columns + 3 + CACHE_LINE - 1) / CACHE_LINE | 1) * CACHE_LINE;
        if (strip.length < stride * LANES) {
            strip = new byte[stride * LANES];
        }
    }

    /** Makes the picture's rows {@code [row, row + rows)} the current ones. */
    void load(int row, int rows) {
        this.row = row;
        this.rows = rows;
        group = -1;
        int begin = row >> halved;
        int count = ((row + rows - 1) >> halved) - begin + 1;
        for (int i = 0; i < count; i++) {
            plane.get((begin + i) * planeStride + firstColumn, strip, i * stride, columns);
        }
    }

    /** One column of the plane, a value for each of the current rows. */
    void column(int x, int[] values) {
        int at = x - firstColumn;
        if (at >> 2 != group) {
            group = at >> 2;
            int begin = row >> halved;
            for (int i = 0; i < rows; i++) {
                packed[i] = (int) INT.get(strip, (((row + i) >> halved) - begin) * stride + (group << 2));
            }
        }
        Lanes.unpack(packed, (at & 3) << 3, values, 0, LANES);
    }
}
