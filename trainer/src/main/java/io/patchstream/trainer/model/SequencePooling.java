package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;

/** A learned weighting of all tokens in place of a class token (Hassani et al. 2021, section 3.2). */
final class SequencePooling {
    private final Dense importance;

    SequencePooling(Weights weights) {
        this.importance = new Dense(weights, "sequence_pool");
    }

    /**
     * @param tokens {@code [B, N, D]}
     * @param observer sees the weights
     * @return {@code [B, D]}; the caller's scope owns it
     */
    Tensor apply(Tensor tokens, ForwardObserver observer) {
        Tensor weights = importance.apply(tokens).softmax(1); // [B, N, 1], sums to 1 over N
        observer.pooling(weights.squeeze(2));
        return weights.transpose(1, 2).matmul(tokens).squeeze(1); // [B, 1, N] x [B, N, D]
    }
}
