package io.patchstream.trainer.evaluate;

/** What a model said of labelled pictures, in Java memory. Immutable by agreement: nobody writes into its arrays. */
public final class Answers {
    private final int classes;
    private final int width;
    private final float[] logits;
    private final float[] embeddings;
    private final int[] labels;

    /**
     * Takes the arrays over.
     *
     * @param logits {@code [n, K]}
     * @param embeddings {@code [n, D]}
     * @param labels {@code [n]}
     */
    public Answers(float[] logits, float[] embeddings, int[] labels) {
        if (labels.length == 0) {
            throw new IllegalArgumentException("there are no examples to measure on");
        }
        this.classes = logits.length / labels.length;
        this.width = embeddings.length / labels.length;
        this.logits = logits;
        this.embeddings = embeddings;
        this.labels = labels;
    }

    /** n. */
    public int size() {
        return labels.length;
    }

    /** K, of the model's head. */
    public int classes() {
        return classes;
    }

    /** D. */
    public int width() {
        return width;
    }

    /** {@code [n, D]}; not a copy. */
    public float[] embeddings() {
        return embeddings;
    }

    /** {@code [n]}; not a copy. */
    public int[] labels() {
        return labels;
    }

    public double logit(int example, int label) {
        return logits[example * classes + label];
    }

    /** The class that the model gives: the first of the largest logits. */
    public int top(int example) {
        int best = 0;
        for (int j = 1; j < classes; j++) {
            if (logits[example * classes + j] > logits[example * classes + best]) {
                best = j;
            }
        }
        return best;
    }

    /** How many classes are more probable than the right one. */
    public int rank(int example) {
        int rank = 0;
        for (int j = 0; j < classes; j++) {
            rank += logits[example * classes + j] > logits[example * classes + labels[example]] ? 1 : 0;
        }
        return rank;
    }

    /** The softmax of an example's logits over {@code temperature}, {@code [K]}. */
    public double[] probabilities(int example, double temperature) {
        double highest = logit(example, top(example)) / temperature;
        double[] exponents = new double[classes];
        double sum = 0;
        for (int j = 0; j < classes; j++) {
            exponents[j] = Math.exp(logit(example, j) / temperature - highest);
            sum += exponents[j];
        }
        for (int j = 0; j < classes; j++) {
            exponents[j] /= sum;
        }
        return exponents;
    }

    /** These examples, in this order. */
    public Answers part(int[] examples) {
        float[] someLogits = new float[examples.length * classes];
        float[] someEmbeddings = new float[examples.length * width];
        int[] someLabels = new int[examples.length];
        for (int i = 0; i < examples.length; i++) {
            System.arraycopy(logits, examples[i] * classes, someLogits, i * classes, classes);
            System.arraycopy(embeddings, examples[i] * width, someEmbeddings, i * width, width);
            someLabels[i] = labels[examples[i]];
        }
        return new Answers(someLogits, someEmbeddings, someLabels);
    }
}
