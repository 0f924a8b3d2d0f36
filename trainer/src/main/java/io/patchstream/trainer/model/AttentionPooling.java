package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * One learned query that attends to all tokens, then an MLP on the residual (Zhai et al. 2022, "MAP head"; timm's {@code attn_pool}).
 */
final class AttentionPooling {
    private final Tensor latent;
    private final Dense query;
    private final Dense keysAndValues;
    private final Dense projection;
    private final LayerNorm norm;
    private final MlpBlock mlp;
    private final int heads;

    AttentionPooling(Weights weights, ModelConfig config) {
        this.latent = weights.get("attn_pool.latent");
        this.query = new Dense(weights, "attn_pool.q");
        this.keysAndValues = new Dense(weights, "attn_pool.kv");
        this.projection = new Dense(weights, "attn_pool.proj");
        this.norm = new LayerNorm(weights, "attn_pool.norm", config);
        this.mlp = MlpBlock.plain(weights, "attn_pool.mlp", config);
        this.heads = config.heads();
    }

    /**
     * @param tokens {@code [B, T, D]}
     * @param observer sees the attention, as the mean of the heads
     * @return {@code [B, D]}; the caller's scope owns it
     */
    Tensor apply(Tensor tokens, boolean training, ForwardObserver observer) {
        long b = tokens.size(0);
        long d = tokens.size(2);
        long size = d / heads;
        Tensor q = query.apply(latent).reshape(1, 1, heads, size).transpose(1, 2); // [1, h, 1, D/h]
        Tensor packed = keysAndValues
                .apply(tokens)
                .reshape(b, tokens.size(1), 2, heads, size)
                .permute(2, 0, 3, 1, 4); // [2, B, h, T, D/h]
        Tensor scores = q.mul(new Scalar(1 / Math.sqrt(size)))
                .matmul(packed.select(0, 0).transpose(-2, -1)); // [B, h, 1, T]
        Tensor attention = scores.softmax(-1);
        if (observer != ForwardObserver.NONE) {
            observer.pooling(attention
                    .mean(new long[] {1}, false, new ScalarTypeOptional())
                    .squeeze(1));
        }
        Tensor mixed = attention.matmul(packed.select(0, 1)); // [B, h, 1, D/h]
        Tensor pooled = projection.apply(mixed.transpose(1, 2).reshape(b, 1, d));
        return pooled.add(mlp.apply(norm.apply(pooled), training)).squeeze(1);
    }
}
