package io.patchstream.trainer.evaluate;

import io.patchstream.trainer.model.ModelConfig;
import java.util.Arrays;
import java.util.List;

/** What happened inside a model for a few pictures, in Java memory. */
public final class Observation {
    private final ModelConfig config;
    private final int count;
    private final List<float[]> attention;
    private final float[] tokens;
    private final float[] pooling;
    private final float[] logits;
    private final float[] embeddings;

    /**
     * Takes the arrays over.
     *
     * @param attention by block, {@code [B, h, T, T]}
     * @param tokens {@code [B, T, D]}
     * @param pooling {@code [B, N]}; null for models that do not weigh their tokens
     * @param logits {@code [B, K]}
     * @param embeddings {@code [B, D]}
     */
    public Observation(
            ModelConfig config,
            int count,
            List<float[]> attention,
            float[] tokens,
            float[] pooling,
            float[] logits,
            float[] embeddings) {
        this.config = config;
        this.count = count;
        this.attention = List.copyOf(attention);
        this.tokens = tokens;
        this.pooling = pooling;
        this.logits = logits;
        this.embeddings = embeddings;
    }

    public ModelConfig config() {
        return config;
    }

    /** B. */
    public int count() {
        return count;
    }

    /** T: with class token and registers. */
    public int tokens() {
        return config.tokens() + config.prefixTokens();
    }

    /** How much of token {@code to} goes into token {@code from}. */
    public double attention(int block, int picture, int head, int from, int to) {
        int t = tokens();
        return attention.get(block)[((picture * config.heads() + head) * t + from) * t + to];
    }

    /** How much of each token the embedding of {@code picture} is made of, {@code [T]}; sums to 1. */
    public double[] pooling(int picture) {
        double[] weights = new double[tokens()];
        switch (config.pooling()) {
            case CLASS_TOKEN -> Arrays.fill(weights, 0, config.answeringTokens(), 1.0 / config.answeringTokens());
            case MEAN -> Arrays.fill(weights, 1.0 / weights.length);
            case SEQUENCE, MAP -> {
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = pooling[picture * weights.length + i];
                }
            }
        }
        return weights;
    }

    /** The last tokens, {@code [B, T, D]}; not a copy. */
    public float[] lastTokens() {
        return tokens;
    }

    /** {@code [B, K]}; not a copy. */
    public float[] logits() {
        return logits;
    }

    /** {@code [B, D]}; not a copy. */
    public float[] embeddings() {
        return embeddings;
    }
}
