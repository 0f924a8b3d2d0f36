package io.patchstream.vision;

/** A picture as the horizontal pass reads it: some rows at a time, column by column. */
interface Columns {
    /** How many rows are read at a time, at most; the vectors of the horizontal pass lie along them. */
    int LANES = 128;

    /** Makes rows {@code [row, row + rows)} the current ones. */
    void load(int row, int rows);

    /**
     * One column of the current rows.
     *
     * @param x the column
     * @param planes {@code [3, LANES]}: receives the red, the green and the blue values, 0 to 255; what comes after the
     *     rows loaded does not matter
     */
    void column(int x, int[] planes);
}
