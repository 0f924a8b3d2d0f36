package io.patchstream.vision;

import static io.patchstream.vision.Columns.LANES;
import static java.util.Objects.requireNonNull;

import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;

/**
 * Brings pictures of any size to a model's input size: uint8 RGB {@code [height, width, 3]}, equal to Pillow's
 * {@code Image.resize} bit for bit (Pillow 13.0: fixed-point weights, uint8 between the passes, see
 * {@link Framing#verticalFirst} for their order). Only what the crop keeps is computed.
 *
 * <p>Belongs to one thread: it keeps its scratch memory, as large as the largest picture so far needed, and the weights of
 * the last picture's size between calls.
 *
 * <p>How it is fast: in the horizontal pass all rows have the same weights, so {@value Columns#LANES} rows are taken
 * together and the vectors lie along them; in the vertical pass all columns have the same weights, and the vectors lie
 * along the row. A window of the last few columns, or rows, is all that is unpacked to {@code int}s at a time.
 */
public final class Preprocessor {
    private final Preprocessing preprocessing;
    private final RgbColumns rgbColumns = new RgbColumns();
    private final Window columnWindow = new Window();
    private final Window rowWindow = new Window();
    private final int[] columnPixels = new int[3 * LANES];
    private final byte[] line;
    private final int[] packedLine;
    private final int[] plane;
    private int[] packed = new int[0];
    private int[] rowPixels = new int[0];
    private byte[] between = new byte[0];
    private byte[] sourceRow = new byte[0];
    private int sourceHeight;
    private int sourceWidth;
    private Taps vertical;
    private Taps horizontal;
    private boolean verticalFirst;

    public Preprocessor(Preprocessing preprocessing) {
        this.preprocessing = requireNonNull(preprocessing, "preprocessing");
        line = new byte[preprocessing.width() * 3];
        packedLine = new int[preprocessing.width()];
        plane = new int[preprocessing.width()];
    }

    /** What this makes of a picture. */
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    /**
     * Writes the model's input for one picture.
     *
     * @param image any size
     * @param slot where it goes: heap or direct, exactly {@link Preprocessing#byteSize()} bytes remaining; its position
     *     ends at its limit
     */
    public void prepare(RgbImage image, ByteBuffer slot) {
        prepare(PixelRows.of(image), slot);
    }

    /** Writes the model's input for one picture, wherever its pixels lie. */
    void prepare(PixelRows image, ByteBuffer slot) {
        if (slot.remaining() != preprocessing.byteSize()) {
            throw new IllegalArgumentException("the slot has " + slot.remaining() + " bytes; a picture of "
                    + preprocessing.height() + " x " + preprocessing.width() + " takes " + preprocessing.byteSize());
        }
        measure(image.height(), image.width());
        if (vertical.isIdentity() && horizontal.isIdentity()) {
            copy(image, slot);
        } else if (verticalFirst) {
            shrinkHeight(image);
            shrinkWidth(image, slot);
        } else {
            shrinkBoth(image, slot);
        }
    }

    private void measure(int height, int width) {
        if (height == sourceHeight && width == sourceWidth) {
            return;
        }
        Framing framing = Framing.of(preprocessing, height, width);
        vertical = taps(height, framing.height(), framing.top(), preprocessing.height());
        horizontal = taps(width, framing.width(), framing.left(), preprocessing.width());
        verticalFirst = framing.verticalFirst(height, width);
        sourceHeight = height;
        sourceWidth = width;
    }

    private Taps taps(int in, int out, int from, int length) {
        return Taps.of(in, out, from, length, preprocessing.interpolation(), preprocessing.antialias());
    }

    private void copy(PixelRows image, ByteBuffer slot) {
        for (int y = 0; y < image.height(); y++) {
            image.read(y, 0, image.width(), line, 0);
            slot.put(line);
        }
    }

    /** The horizontal pass over some rows at a time; the vertical one follows as soon as it has what it needs. */
    private void shrinkBoth(PixelRows image, ByteBuffer slot) {
        int width = horizontal.length();
        Columns columns = image.columns(horizontal.begin(), horizontal.end(), rgbColumns);
        rowWindow.fit(vertical, width * 3);
        reserveRow(width * 3);
        int y = 0;
        for (int row = vertical.begin(); row < vertical.end(); row += LANES) {
            int rows = Math.min(LANES, vertical.end() - row);
            horizontalPass(columns, row, rows);
            for (int i = 0; i < rows; i++) {
                unpackRow(i * width, width, rowWindow.at(row + i));
                for (; y < vertical.length() && vertical.last(y) <= row + i; y++) {
                    rowWindow.output(vertical, y, rowPixels, width * 3);
                    putRow(width, slot);
                }
            }
        }
    }

    /** To {@link #packed}: {@code [rows, width]}, red in the lowest byte. */
    private void horizontalPass(Columns columns, int row, int rows) {
        int width = horizontal.length();
        if (packed.length < LANES * width) {
            packed = new int[LANES * width];
        }
        columnWindow.fit(horizontal, 3 * LANES);
        columns.load(row, rows);
        int next = 0;
        for (int x = 0; x < width; x++) {
            next = Math.max(next, horizontal.first(x));
            for (; next <= horizontal.last(x); next++) {
                columns.column(next, columnWindow.at(next));
            }
            columnWindow.output(horizontal, x, columnPixels, 3 * LANES);
            for (int i = 0, at = x; i < rows; i++, at += width) {
                packed[at] = columnPixels[i] | columnPixels[LANES + i] << 8 | columnPixels[2 * LANES + i] << 16;
            }
        }
    }

    private void unpackRow(int at, int width, int[] planes) {
        System.arraycopy(packed, at, packedLine, 0, width);
        for (int channel = 0; channel < 3; channel++) {
            Lanes.unpack(packedLine, 8 * channel, plane, 0, width);
            System.arraycopy(plane, 0, planes, channel * width, width);
        }
    }

    private void putRow(int width, ByteBuffer slot) {
        for (int x = 0, at = 0; x < width; x++, at += 3) {
            line[at] = (byte) rowPixels[x];
            line[at + 1] = (byte) rowPixels[width + x];
            line[at + 2] = (byte) rowPixels[2 * width + x];
        }
        slot.put(line);
    }

    /** To {@link #between}: {@code [height, columns, 3]} of the columns that the horizontal pass will read. */
    private void shrinkHeight(PixelRows image) {
        int columns = horizontal.end() - horizontal.begin();
        int rowBytes = columns * 3;
        if (sourceRow.length < rowBytes) {
            sourceRow = new byte[rowBytes];
        }
        byte[] source = sourceRow;
        rowWindow.fit(vertical, rowBytes);
        reserveRow(rowBytes);
        if (between.length < rowBytes * vertical.length()) {
            between = new byte[rowBytes * vertical.length()];
        }
        int next = 0;
        for (int y = 0; y < vertical.length(); y++) {
            next = Math.max(next, vertical.first(y));
            for (; next <= vertical.last(y); next++) {
                image.read(next, horizontal.begin(), columns, source, 0);
                int[] values = rowWindow.at(next);
                for (int i = 0; i < rowBytes; i++) {
                    values[i] = source[i] & 0xff;
                }
            }
            rowWindow.output(vertical, y, rowPixels, rowBytes);
            for (int i = 0; i < rowBytes; i++) {
                between[y * rowBytes + i] = (byte) rowPixels[i];
            }
        }
    }

    private void shrinkWidth(PixelRows image, ByteBuffer slot) {
        int width = horizontal.length();
        Columns columns = rgbColumns.of(
                new Between(image.width(), horizontal.begin(), horizontal.end()), horizontal.begin(), horizontal.end());
        reserveRow(width * 3);
        for (int row = 0; row < vertical.length(); row += LANES) {
            int rows = Math.min(LANES, vertical.length() - row);
            horizontalPass(columns, row, rows);
            for (int i = 0; i < rows; i++) {
                unpackRow(i * width, width, rowPixels);
                putRow(width, slot);
            }
        }
    }

    private void reserveRow(int length) {
        if (rowPixels.length < length) {
            rowPixels = new int[length];
        }
    }

    /** {@link #between} as a picture of which only the columns {@code [first, end)} exist. */
    private final class Between implements PixelRows {
        private final int width;
        private final int first;
        private final int rowBytes;

        Between(int width, int first, int end) {
            this.width = width;
            this.first = first;
            this.rowBytes = (end - first) * 3;
        }

        @Override
        public int height() {
            return vertical.length();
        }

        @Override
        public int width() {
            return width;
        }

        @Override
        public void read(int row, int column, int columns, byte[] into, int at) {
            System.arraycopy(between, row * rowBytes + (column - first) * 3, into, at, columns * 3);
        }
    }
}
