package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/** From the tokens after the last block to embedding and logits: norms, pooling, representation layer, heads. */
final class Answer {
    private final ModelConfig config;
    private final Weights weights;
    private final Dense head;

    Answer(Weights weights, ModelConfig config) {
        this.config = config;
        this.weights = weights;
        this.head = new Dense(weights, "head");
    }

    /**
     * @param tokens {@code [B, T, D]}
     * @return what the head reads, {@code [B, D]} or {@code [B, representation]}; of a distilled model, the mean of what both
     *     heads read
     */
    Tensor embedding(Tensor tokens, boolean training, ForwardObserver observer) {
        Tensor normed = normed(tokens);
        observer.tokens(normed);
        if (!config.options().distilled()) {
            return represented(pooled(normed, training, observer));
        }
        return represented(normed.select(1, 0))
                .add(represented(normed.select(1, 1)))
                .mul(new Scalar(0.5));
    }

    /**
     * @param tokens {@code [B, T, D]}
     * @return {@code [B, K]}
     */
    Tensor logits(Tensor tokens, boolean training) {
        if (!config.options().distilled()) {
            return head.apply(embedding(tokens, training, ForwardObserver.NONE));
        }
        Tensor normed = normed(tokens);
        Tensor classLogits = head.apply(represented(normed.select(1, 0)));
        Tensor distilledLogits = new Dense(weights, "head_dist").apply(represented(normed.select(1, 1)));
        return classLogits.add(distilledLogits).mul(new Scalar(0.5));
    }

    private Tensor normed(Tensor tokens) {
        return config.normsTokens() ? new LayerNorm(weights, "norm", config).apply(tokens) : tokens;
    }

    private Tensor pooled(Tensor tokens, boolean training, ForwardObserver observer) {
        return switch (config.pooling()) {
            case CLASS_TOKEN -> tokens.select(1, 0);
            case MEAN -> tokens.mean(new long[] {1}, false, new ScalarTypeOptional());
            case SEQUENCE -> new SequencePooling(weights).apply(tokens, observer);
            case MAP -> new AttentionPooling(weights, config).apply(tokens, training);
        };
    }

    /** The pooled token through its norm and its dense layer, where the model has them. */
    private Tensor represented(Tensor pooled) {
        Tensor x = config.options().finalNorm() == ModelOptions.FinalNorm.AFTER_POOLING
                ? new LayerNorm(weights, "fc_norm", config).apply(pooled)
                : pooled;
        if (config.options().representation() > 0) {
            x = new Dense(weights, "pre_logits").apply(x);
            x = config.options().representationTanh() ? x.tanh() : x;
        }
        return x;
    }
}
