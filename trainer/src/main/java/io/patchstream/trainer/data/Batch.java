package io.patchstream.trainer.data;

import io.patchstream.vision.Preprocessor;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Prepared pictures and what the model should say of them. Whoever has it may read it from any thread. */
public final class Batch {
    private final int size;
    private final int side;
    private final byte[] pixels;
    private final float[] targets;
    private final int[] labels;

    /** Takes the arrays over. */
    Batch(int size, int side, byte[] pixels, float[] targets, int[] labels) {
        this.size = size;
        this.side = side;
        this.pixels = pixels;
        this.targets = targets;
        this.labels = labels;
    }

    /**
     * Pictures as serving prepares them, without augmentation: for evaluation, calibration and golden frames. Picture i of
     * a data set that draws its pictures is drawn with variation i, so that equal calls give equal pixels.
     *
     * @param preprocessing to the model's input size; square
     * @param indices of the examples
     * @throws IOException when a picture cannot be read
     */
    public static Batch prepared(Dataset dataset, Preprocessing preprocessing, int... indices) throws IOException {
        Preprocessor preprocessor = new Preprocessor(preprocessing);
        int classes = dataset.labels().size();
        ByteBuffer pixels = ByteBuffer.allocate(indices.length * preprocessing.byteSize());
        float[] targets = new float[indices.length * classes];
        int[] labels = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            ByteBuffer slot = pixels.slice(i * preprocessing.byteSize(), preprocessing.byteSize());
            preprocessor.prepare(dataset.image(indices[i], indices[i]), slot);
            labels[i] = dataset.label(indices[i]);
            dataset.target(indices[i], targets, i * classes);
        }
        return new Batch(indices.length, preprocessing.height(), pixels.array(), targets, labels);
    }

    /** The pictures from {@code from} to before {@code to}: this batch itself when those are all. */
    public Batch part(int from, int to) {
        if (from == 0 && to == size) {
            return this;
        }
        int bytes = pixels.length / size;
        int classes = targets.length / size;
        return new Batch(
                to - from,
                side,
                java.util.Arrays.copyOfRange(pixels, from * bytes, to * bytes),
                java.util.Arrays.copyOfRange(targets, from * classes, to * classes),
                java.util.Arrays.copyOfRange(labels, from, to));
    }

    /** B. */
    public int size() {
        return size;
    }

    /** H = W in pixels. */
    public int side() {
        return side;
    }

    /** uint8 {@code [B, H, W, 3]}; not a copy. */
    public byte[] pixels() {
        return pixels;
    }

    /** The probabilities that the model should give, {@code [B, K]}; not a copy. */
    public float[] targets() {
        return targets;
    }

    /** The classes {@code [B]}; under mixup, of the picture with the larger share; not a copy. */
    public int[] labels() {
        return labels;
    }
}
