package io.patchstream.vision;

import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * A decoded frame of YUV 4:2:0 with 8 bits, converted while it is read: chroma is repeated over its two rows and columns,
 * and no RGB picture of the frame's size ever exists. Belongs to one thread; borrows the frame's memory.
 */
final class YuvFrame implements PixelRows, Columns {
    private final PlaneStrip luma = new PlaneStrip(false);
    private final PlaneStrip cb = new PlaneStrip(true);
    private final PlaneStrip cr = new PlaneStrip(true);
    private final int[] lumaLanes = new int[LANES];
    private final int[] cbLanes = new int[LANES];
    private final int[] crLanes = new int[LANES];
    private final int[] redChroma = new int[LANES];
    private final int[] greenChroma = new int[LANES];
    private final int[] blueChroma = new int[LANES];
    private final ByteBuffer[] planes = new ByteBuffer[3];
    private final int[] strides = new int[3];
    private YuvMatrix matrix = YuvMatrix.of(0, false);
    private int height;
    private int width;
    private int chromaColumn;
    private byte[] oneRow = new byte[0];

    /** Borrows a frame until the next call. */
    void borrow(AVFrame frame, YuvMatrix matrix) {
        this.matrix = matrix;
        height = frame.height();
        width = frame.width();
        for (int i = 0; i < 3; i++) {
            int rows = i == 0 ? height : (height + 1) / 2;
            int columns = i == 0 ? width : (width + 1) / 2;
            strides[i] = frame.linesize(i);
            planes[i] = frame.data(i)
                    .capacity((long) strides[i] * (rows - 1) + columns)
                    .asByteBuffer();
        }
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public Columns columns(int first, int end, RgbColumns scratch) {
        luma.open(planes[0], strides[0], first, end);
        cb.open(planes[1], strides[1], first / 2, (end + 1) / 2);
        cr.open(planes[2], strides[2], first / 2, (end + 1) / 2);
        return this;
    }

    @Override
    public void load(int row, int rows) {
        luma.load(row, rows);
        cb.load(row, rows);
        cr.load(row, rows);
        chromaColumn = -1;
    }

    @Override
    public void column(int x, int[] pixels) {
        luma.column(x, lumaLanes);
        if (x >> 1 != chromaColumn) {
            chromaColumn = x >> 1;
            cb.column(chromaColumn, cbLanes);
            cr.column(chromaColumn, crLanes);
            Lanes.mix(redChroma, matrix.constant(0, matrix.redCr()), cbLanes, 0, crLanes, matrix.redCr(), LANES);
            Lanes.mix(
                    greenChroma,
                    matrix.constant(matrix.greenCb(), matrix.greenCr()),
                    cbLanes,
                    matrix.greenCb(),
                    crLanes,
                    matrix.greenCr(),
                    LANES);
            Lanes.mix(blueChroma, matrix.constant(matrix.blueCb(), 0), cbLanes, matrix.blueCb(), crLanes, 0, LANES);
        }
        Lanes.addTo(pixels, 0, lumaLanes, matrix.luma(), redChroma, LANES);
        Lanes.addTo(pixels, LANES, lumaLanes, matrix.luma(), greenChroma, LANES);
        Lanes.addTo(pixels, 2 * LANES, lumaLanes, matrix.luma(), blueChroma, LANES);
        Lanes.clip(pixels, YuvMatrix.BITS, 3 * LANES);
    }

    @Override
    public void read(int row, int column, int columns, byte[] into, int at) {
        int redConstant = matrix.constant(0, matrix.redCr());
        int greenConstant = matrix.constant(matrix.greenCb(), matrix.greenCr());
        int blueConstant = matrix.constant(matrix.blueCb(), 0);
        int chroma = column / 2;
        int chromas = (column + columns + 1) / 2 - chroma;
        byte[] bytes = reserveRow(columns + 2 * chromas);
        planes[0].get(row * strides[0] + column, bytes, 0, columns);
        planes[1].get((row >> 1) * strides[1] + chroma, bytes, columns, chromas);
        planes[2].get((row >> 1) * strides[2] + chroma, bytes, columns + chromas, chromas);
        for (int i = 0, to = at; i < columns; i++, to += 3) {
            int c = columns + ((column + i) >> 1) - chroma;
            int y = matrix.luma() * (bytes[i] & 0xff);
            int u = bytes[c] & 0xff;
            int v = bytes[c + chromas] & 0xff;
            into[to] = pixel(y + matrix.redCr() * v + redConstant);
            into[to + 1] = pixel(y + matrix.greenCb() * u + matrix.greenCr() * v + greenConstant);
            into[to + 2] = pixel(y + matrix.blueCb() * u + blueConstant);
        }
    }

    private byte[] reserveRow(int length) {
        if (oneRow.length < length) {
            oneRow = new byte[length];
        }
        return oneRow;
    }

    private static byte pixel(int sum) {
        return (byte) Math.min(Math.max(sum >> YuvMatrix.BITS, 0), 255);
    }
}
