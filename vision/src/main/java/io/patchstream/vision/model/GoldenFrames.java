package io.patchstream.vision.model;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A few inputs with the logits that the trainer got for them, beside the model as {@code <model>.golden.npz} (readable
 * with {@code numpy.load}). A processor runs them before it serves the model and refuses one that disagrees.
 *
 * <p>Entries: {@code pixels} uint8 {@code [n, H, W, 3]}, {@code logits} float32 {@code [n, K]}, {@code tolerance}
 * float32 {@code []}: how far apart a logit may be, absolute. A model with distances has {@code distances} float32
 * {@code [n]} and {@code distance_tolerance} float32 {@code []} as well.
 */
public final class GoldenFrames {
    private final int count;
    private final byte[] pixels;
    private final float[] logits;
    private final int height;
    private final int width;
    private final float tolerance;
    private final float[] distances;
    private final float distanceTolerance;

    /** Of a model without distances; takes the arrays over as the other does. */
    public GoldenFrames(int count, int height, int width, byte[] pixels, float[] logits, float tolerance) {
        this(count, height, width, pixels, logits, tolerance, new float[0], 0);
    }

    /**
     * Takes the arrays over without copying.
     *
     * @param pixels uint8 {@code [count, height, width, 3]}
     * @param logits {@code [count, K]}
     * @param distances {@code [count]}; none for a model without
     */
    public GoldenFrames(
            int count,
            int height,
            int width,
            byte[] pixels,
            float[] logits,
            float tolerance,
            float[] distances,
            float distanceTolerance) {
        if (count < 1
                || pixels.length != count * height * width * 3
                || logits.length % count != 0
                || distances.length != 0 && distances.length != count) {
            throw new IllegalArgumentException(pixels.length + " pixel bytes, " + logits.length + " logits and "
                    + distances.length + " distances do not make " + count + " frames of " + height + " x " + width);
        }
        this.count = count;
        this.height = height;
        this.width = width;
        this.pixels = pixels;
        this.logits = logits;
        this.tolerance = tolerance;
        this.distances = distances;
        this.distanceTolerance = distanceTolerance;
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

    /** Whether the model has distances. */
    public boolean hasDistances() {
        return distances.length > 0;
    }

    /** The expected distance of frame {@code i}. */
    public float distance(int i) {
        return distances[i];
    }

    /** How far apart a distance may be, absolute. */
    public float distanceTolerance() {
        return distanceTolerance;
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
        java.util.List<Npz.Array> arrays = new java.util.ArrayList<>(java.util.List.of(
                Npz.Array.ofBytes("pixels", pixels, count, height, width, 3),
                Npz.Array.ofFloats("logits", logits, count, classes()),
                Npz.Array.ofFloats("tolerance", new float[] {tolerance})));
        if (hasDistances()) {
            arrays.add(Npz.Array.ofFloats("distances", distances, count));
            arrays.add(Npz.Array.ofFloats("distance_tolerance", new float[] {distanceTolerance}));
        }
        Npz.write(file, arrays);
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
        boolean hasDistances = arrays.containsKey("distances");
        try {
            return new GoldenFrames(
                    pixels.shape().get(0),
                    pixels.shape().get(1),
                    pixels.shape().get(2),
                    pixels.bytes(),
                    logits.floats(),
                    tolerance.floats()[0],
                    hasDistances ? Npz.require(arrays, "distances", file).floats() : new float[0],
                    hasDistances
                            ? Npz.require(arrays, "distance_tolerance", file).floats()[0]
                            : 0);
        } catch (IllegalArgumentException e) {
            throw new ContractException(file + " holds no golden frames: " + e.getMessage(), e);
        }
    }
}
