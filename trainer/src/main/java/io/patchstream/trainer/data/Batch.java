package io.patchstream.trainer.data;

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
