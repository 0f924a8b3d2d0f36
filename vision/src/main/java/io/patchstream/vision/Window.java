package io.patchstream.vision;

/** The last positions of an axis, each an array of values side by side, and weighted sums over them. */
final class Window {
    private int[][] positions = new int[0][];
    private int length;

    /** Makes room for what one output of {@code taps} reads, {@code length} values a position. */
    void fit(Taps taps, int length) {
        int size = Math.max(Integer.highestOneBit(taps.stride() - 1) << 1, 4);
        if (positions.length >= size && this.length >= length) {
            return;
        }
        // Both only grow, so that pictures of changing sizes do not make garbage of changing sizes.
        positions = new int[Math.max(size, positions.length)][Math.max(length, this.length)];
        this.length = positions[0].length;
    }

    /** Where the values of a position are, or are to be put. */
    int[] at(int position) {
        return positions[position & (positions.length - 1)];
    }

    /**
     * Output {@code i}, as pixels.
     *
     * @param pixels receives {@code length} values 0 to 255
     */
    void output(Taps taps, int i, int[] pixels, int length) {
        int[] weights = taps.weights();
        int w = taps.offset(i);
        int first = taps.first(i);
        int count = taps.count(i);
        // The weights are padded with zeros to whole groups of four; what they meet there does not matter.
        Lanes.begin(
                pixels,
                at(first),
                at(first + 1),
                at(first + 2),
                at(first + 3),
                weights[w],
                weights[w + 1],
                weights[w + 2],
                weights[w + 3],
                length);
        for (int k = 4; k < count; k += 4) {
            Lanes.add(
                    pixels,
                    at(first + k),
                    at(first + k + 1),
                    at(first + k + 2),
                    at(first + k + 3),
                    weights[w + k],
                    weights[w + k + 1],
                    weights[w + k + 2],
                    weights[w + k + 3],
                    length);
        }
        Lanes.clip(pixels, Taps.PRECISION_BITS, length);
    }
}
