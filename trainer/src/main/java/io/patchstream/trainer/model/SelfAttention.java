package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Multi-head self-attention over class and patch tokens (Dosovitskiy et al. 2021, app. A).
 *
 * <p>Written out as matmul, softmax, matmul: libtorch's own {@code scaled_dot_product_attention} is 27 times slower in
 * bfloat16 on a CPU without MKL (measured; pytorch#107196).
 */
final class SelfAttention {
    private final Dense qkv;
    private final Dense projection;
    private final Tensor offsets;
    private final Tensor offsetKeys;
    private final ModelConfig config;
    private final int heads;
    private final int headSize;
    private final int block;

    SelfAttention(Weights weights, int block, ModelConfig config) {
        String name = "blocks." + block + ".attn";
        this.block = block;
        this.qkv = new Dense(weights, name + ".qkv");
        this.projection = new Dense(weights, name + ".proj");
        this.offsets = weights.find("blocks." + block + "." + RelativeOffsets.TABLE);
        this.offsetKeys = weights.find("blocks." + block + "." + RelativeKeys.TABLE);
        this.config = config;
        this.heads = config.heads();
        this.headSize = config.hiddenSize() / config.heads();
    }

    /**
     * @param tokens {@code [B, T, D]}, T = N or N+1
     * @param observer sees the attention
     * @return {@code [B, T, D]}; the caller's scope owns it
     */
    Tensor apply(Tensor tokens, ForwardObserver observer) {
        long b = tokens.size(0);
        long t = tokens.size(1);
        Tensor packed = qkv.apply(tokens) // [B, T, 3D]
                .reshape(b, t, 3, heads, headSize)
                .permute(2, 0, 3, 1, 4); // [3, B, h, T, D/h]
        Tensor query = packed.select(0, 0).mul(new Scalar(1 / Math.sqrt(headSize)));
        Tensor key = packed.select(0, 1);
        Tensor value = packed.select(0, 2);
        Tensor scores = query.matmul(key.transpose(-2, -1)); // [B, h, T, T]
        if (offsets != null) {
            scores = scores.add(relative(t));
        } else if (offsetKeys != null) {
            scores = scores.add(RelativeKeys.logits(query, offsetKeys));
        }
        Tensor attention = scores.softmax(-1);
        observer.attention(block, attention);
        Tensor mixed = attention.matmul(value); // [B, h, T, D/h]
        return projection.apply(mixed.transpose(1, 2).reshape(b, t, (long) heads * headSize));
    }

    /** The bias of each head, query and key, {@code [h, T, T]}. */
    private Tensor relative(long t) {
        return offsets.index_select(0, Tensors.of(RelativeOffsets.index(config))) // [T * T, h]
                .reshape(t, t, heads)
                .permute(2, 0, 1);
    }
}
