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
        Tensor normed = normed(tokens, observer);
        return config.options().distilled()
                ? mean(represented(normed.select(1, 0)), represented(normed.select(1, 1)))
                : represented(pooled(normed, training, observer));
    }

    /**
     * @param tokens {@code [B, T, D]}
     * @return {@code [B, K]}
     */
    Tensor logits(Tensor tokens, boolean training) {
        return seen(tokens, training, ForwardObserver.NONE).logits();
    }

    /**
     * Both, each computed once.
     *
     * @param tokens {@code [B, T, D]}
     */
    VisionTransformer.Seen seen(Tensor tokens, boolean training, ForwardObserver observer) {
        Tensor normed = normed(tokens, observer);
        if (!config.options().distilled()) {
            Tensor embedding = represented(pooled(normed, training, observer));
            return new VisionTransformer.Seen(embedding, head.apply(embedding));
        }
        Tensor ofClass = represented(normed.select(1, 0));
        Tensor ofTeacher = represented(normed.select(1, 1));
        return new VisionTransformer.Seen(
                mean(ofClass, ofTeacher), mean(head.apply(ofClass), new Dense(weights, "head_dist").apply(ofTeacher)));
    }

    private static Tensor mean(Tensor one, Tensor other) {
        return one.add(other).mul(new Scalar(0.5));
    }

    /** The tokens through the last norm, where it stands there. */
    Tensor normed(Tensor tokens, ForwardObserver observer) {
        Tensor normed = config.normsTokens() ? new LayerNorm(weights, "norm", config).apply(tokens) : tokens;
        observer.tokens(normed);
        return normed;
    }

    private Tensor pooled(Tensor tokens, boolean training, ForwardObserver observer) {
        return switch (config.pooling()) {
            case CLASS_TOKEN -> tokens.select(1, 0);
            case MEAN -> tokens.mean(new long[] {1}, false, new ScalarTypeOptional());
            case SEQUENCE -> new SequencePooling(weights).apply(tokens, observer);
            case MAP -> new AttentionPooling(weights, config).apply(tokens, training, observer);
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
