package io.patchstream.vision;

/** A picture as the horizontal pass reads it: some rows at a time, column by column. */
interface Columns {
    /** How many rows are read at a time, at most; the vectors of the horizontal pass lie along them. */
    int LANES = 64;

    /** Makes rows {@code [row, row + rows)} the current ones. */
    void load(int row, int rows);

    /**
     * One column of the current rows.
     *
     * @param x the column
     * @param planes receives red at {@code [0, rows)}, green at {@code [LANES, LANES + rows)}, blue at
     *     {@code [2 * LANES, 2 * LANES + rows)}: 0 to 255
     */
    void column(int x, int[] planes);
}
