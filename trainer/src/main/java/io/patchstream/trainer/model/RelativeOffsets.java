package io.patchstream.trainer.model;

/**
 * Which row of a relative position table belongs to each pair of tokens, as BEiT and timm count: (2S-1)² offsets between the
 * S x S image tokens, and with a class token three more, for class token to image, image to class token, and class token to itself.
 */
public final class RelativeOffsets {
    /** The table's name in a block, {@code [offsets, h]}. */
    public static final String TABLE = "attn.rel_pos.relative_position_bias_table";

    private RelativeOffsets() {}

    /** Rows of the table. */
    public static int count(ModelConfig config) {
        int span = 2 * config.gridSide() - 1;
        return span * span + (config.hasClassToken() ? 3 : 0);
    }

    /** The row for each query and key, {@code [T * T]}, keys fastest. */
    public static long[] index(ModelConfig config) {
        int side = config.gridSide();
        int span = 2 * side - 1;
        int prefix = config.prefixTokens();
        int tokens = side * side + prefix;
        long[] index = new long[tokens * tokens];
        for (int query = 0; query < tokens; query++) {
            for (int key = 0; key < tokens; key++) {
                int q = query - prefix;
                int k = key - prefix;
                long row;
                if (q >= 0 && k >= 0) {
                    row = (long) (q / side - k / side + side - 1) * span + (q % side - k % side + side - 1);
                } else if (q < 0 && k < 0) {
                    row = (long) span * span + 2;
                } else {
                    row = (long) span * span + (q < 0 ? 0 : 1);
                }
                index[query * tokens + key] = row;
            }
        }
        return index;
    }
}
