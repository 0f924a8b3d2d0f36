package io.patchstream.stream.frame;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What the model says of one picture. Equal input gives equal bits, whatever the batch it travelled in.
 *
 * <p>Immutable; made once per picture from the engine's output.
 */
public final class Prediction {
    /**
     * One label.
     *
     * @param index its place in the model's output
     * @param probability 0 to 1
     */
    public record Score(int index, float probability) {}

    private final ServedModel model;
    private final List<Score> topK;
    private final float[] embedding;
    private final Confidence confidence;

    /** Of a model that does not tell how far it can be believed; takes {@code embedding} over. */
    public Prediction(ServedModel model, List<Score> topK, float[] embedding) {
        this(model, topK, embedding, Confidence.NONE);
    }

    /** Takes {@code embedding} over; its L2 norm is 1. */
    public Prediction(ServedModel model, List<Score> topK, float[] embedding, Confidence confidence) {
        this.model = requireNonNull(model, "model");
        this.topK = List.copyOf(topK);
        this.embedding = embedding;
        this.confidence = requireNonNull(confidence, "confidence");
    }

    /**
     * The model that said so, and the engine it ran on. Lineage takes it from here and not from the engine, which goes
     * on with another fingerprint when a device fails.
     */
    public ServedModel model() {
        return model;
    }

    /** The most probable labels, the best first; ties by index. */
    public List<Score> topK() {
        return topK;
    }

    /** How far it can be believed. */
    public Confidence confidence() {
        return confidence;
    }

    /** D. */
    public int dim() {
        return embedding.length;
    }

    /** Value {@code i} of the embedding, whose L2 norm is 1. */
    public float embedding(int i) {
        return embedding[i];
    }
}
