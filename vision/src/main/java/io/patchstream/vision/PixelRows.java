package io.patchstream.vision;

/** A decoded picture that is read row by row, wherever it lies: uint8 RGB, upright. */
interface PixelRows {
    /** H in pixels. */
    int height();

    /** W in pixels. */
    int width();

    /** Copies {@code columns} pixels of row {@code row}, from column {@code column} on, to {@code into[at, at + 3 * columns)}. */
    void read(int row, int column, int columns, byte[] into, int at);

    /**
     * The columns {@code [first, end)}, for the horizontal pass.
     *
     * @param scratch the memory of a reader of RGB rows, for pictures that have no better way
     */
    default Columns columns(int first, int end, RgbColumns scratch) {
        return scratch.of(this, first, end);
    }

    /** The whole picture in Java memory. */
    default RgbImage copy() {
        byte[] pixels = new byte[height() * width() * 3];
        for (int row = 0; row < height(); row++) {
            read(row, 0, width(), pixels, row * width() * 3);
        }
        return new RgbImage(height(), width(), pixels);
    }

    /** The rows of a picture in Java memory; not a copy. */
    static PixelRows of(RgbImage image) {
        return new PixelRows() {
            @Override
            public int height() {
                return image.height();
            }

            @Override
            public int width() {
                return image.width();
            }

            @Override
            public void read(int row, int column, int columns, byte[] into, int at) {
                System.arraycopy(image.pixels(), (row * image.width() + column) * 3, into, at, columns * 3);
            }
        };
    }
}
