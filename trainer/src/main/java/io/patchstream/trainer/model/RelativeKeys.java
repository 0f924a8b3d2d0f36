package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;

/**
 * The paper's relative attention (Dosovitskiy et al. 2021, app. D.4): for every offset from a query's place to a key's in the
 * sequence of T tokens, the class token first, a learned key that all heads share. The logits of queries and these keys are
 * added to attention's.
 */
public final class RelativeKeys {
    /** The table's name in a block, {@code [2T-1, D/h]}: row {@code key - query + T - 1}. */
    public static final String TABLE = "attn.rel_pos.keys";

    private RelativeKeys() {}

    /** Rows of the table. */
    public static int count(ModelConfig config) {
        return 2 * (config.tokens() + config.prefixTokens()) - 1;
    }

    /**
     * The logits, from each query with all 2T-1 keys: query q needs those from T-1-q on, so that in the flat rows its part begins
     * 2T-2 after that of the query before.
     *
     * @param query {@code [B, h, T, D/h]}, scaled
     * @param table {@code [2T-1, D/h]}
     * @return {@code [B, h, T, T]}; the caller's scope owns it
     */
    static Tensor logits(Tensor query, Tensor table) {
        long b = query.size(0);
        long h = query.size(1);
        long t = query.size(2);
        Tensor all = query.matmul(table.t()); // [B, h, T, 2T-1]
        return t == 1
                ? all
                : all.reshape(b, h, t * (2 * t - 1))
                        .narrow(2, t - 1, t * (2 * t - 2))
                        .reshape(b, h, t, 2 * t - 2)
                        .narrow(3, 0, t);
    }
}
