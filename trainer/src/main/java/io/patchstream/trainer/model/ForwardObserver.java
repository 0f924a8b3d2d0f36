package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;

/**
 * Sees what is computed on the way through a model, and changes nothing. The tensors exist anyway, so that watching costs
 * only what the observer does with them; they belong to the caller's scope, and whoever keeps one copies it.
 */
public interface ForwardObserver {
    /** Watches nothing. */
    ForwardObserver NONE = new ForwardObserver() {};

    /**
     * The attention of one block, after the softmax.
     *
     * @param block from 0 to L-1
     * @param weights {@code [B, h, T, T]}: how much of token j (last) goes into token i; each row sums to 1
     */
    default void attention(int block, Tensor weights) {}

    /**
     * The tokens that pooling reads, after the last layer norm.
     *
     * @param tokens {@code [B, T, D]}: class token and registers first where there are any
     */
    default void tokens(Tensor tokens) {}

    /**
     * How much of each token the embedding is made of, for models that weigh them ({@link ModelConfig.Pooling#SEQUENCE}
     * and {@link ModelConfig.Pooling#MAP}).
     *
     * @param weights {@code [B, N]}; each row sums to 1
     */
    default void pooling(Tensor weights) {}
}
