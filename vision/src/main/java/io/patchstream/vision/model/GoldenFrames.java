package io.patchstream.vision.model;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A few inputs with the logits that the trainer got for them, beside the model as {@code <model>.golden.npz} (readable
 * with {@code numpy.load}). A processor runs them before it serves the model and refuses one that disagrees.
 *
 * <p>Entries: {@code pixels} uint8 {@code [n, H, W, 3]}, {@code logits} float32 {@code [n, K]}, {@code tolerance}
 * float32 {@code []}: how far apart a logit may be, absolute.
 */
public final class GoldenFrames {
    private final int count;
    private final byte[] pixels;
    private final float[] logits;
    private final int height;
    private final int width;
    private final float tolerance;

    /**
     * Takes the arrays over without copying.
     *
     * @param pixels uint8 {@code [count, height, width, 3]}
     * @param logits {@code [count, K]}
     */
    public GoldenFrames(int count, int height, int width, byte[] pixels, float[] logits, float tolerance) {
        if (count < 1 || pixels.length != count * height * width * 3 || logits.length % count != 0) {
            throw new IllegalArgumentException(pixels.length + " pixel bytes and " + logits.length
                    + " logits do not make " + count + " frames of " + height + " x " + width);
        }
        this.count = count;
        this.height = height;
        this.width = width;
        this.pixels = pixels;
        this.logits = logits;
        this.tolerance = tolerance;
    }

    public int count() {
        return count;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    /** K. */
    public int classes() {
        return logits.length / count;
    }

    /** How far apart a logit may be, absolute. */
    public float tolerance() {
        return tolerance;
    }

    /** The pixels of frame {@code i}: {@code [H, W, 3]}, a copy. */
    public byte[] pixels(int i) {
        int size = height * width * 3;
        return java.util.Arrays.copyOfRange(pixels, i * size, (i + 1) * size);
    }

    /** The expected logits of frame {@code i}: {@code [K]}, a copy. */
    public float[] logits(int i) {
        return java.util.Arrays.copyOfRange(logits, i * classes(), (i + 1) * classes());
    }

    /** Where the golden frames of a model lie: {@code demo.onnx} has {@code demo.golden.npz}. */
    public static Path beside(Path model) {
        String name = model.getFileName().toString();
        String stem = name.endsWith(".onnx") ? name.substring(0, name.length() - ".onnx".length()) : name;
        return model.resolveSibling(stem + ".golden.npz");
    }

    /** Writes the file, whole or not at all. */
    public void write(Path file) throws IOException {
        Npz.write(
                file,
                java.util.List.of(
                        Npz.Array.ofBytes("pixels", pixels, count, height, width, 3),
                        Npz.Array.ofFloats("logits", logits, count, classes()),
                        Npz.Array.ofFloats("tolerance", new float[] {tolerance})));
    }

    /**
     * Reads the file.
     *
     * @throws ContractException when it is not such a file
     */
    public static GoldenFrames read(Path file) throws IOException {
        java.util.Map<String, Npz.Array> arrays = Npz.read(file);
        Npz.Array pixels = Npz.require(arrays, "pixels", file);
        Npz.Array logits = Npz.require(arrays, "logits", file);
        Npz.Array tolerance = Npz.require(arrays, "tolerance", file);
        if (pixels.shape().size() != 4
                || pixels.shape().get(3) != 3
                || logits.shape().size() != 2) {
            throw new ContractException(file + " holds pixels " + pixels.shape() + " and logits " + logits.shape()
                    + "; golden frames are [n, H, W, 3] and [n, K]");
        }
        return new GoldenFrames(
                pixels.shape().get(0),
                pixels.shape().get(1),
                pixels.shape().get(2),
                pixels.bytes(),
                logits.floats(),
                tolerance.floats()[0]);
    }
}
