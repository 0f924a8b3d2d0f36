package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the half precision form of a float model, and measures what it costs. */
final class Halver {
    private static final int MOST_COMPARED = 64;

    private final OnnxModel model;
    private final String boundary;
    private final Path folder;

    /**
     * @param model float32
     * @param folder for models that are tried
     */
    Halver(OnnxModel model, ModelConfig config, Path folder) {
        this.model = model;
        this.boundary = HalfPrecision.boundary(config);
        this.folder = folder;
    }

    /**
     * The half precision model.
     *
     * @param rounding a file that rounds as a GPU does, to measure golden frames' tolerance with
     */
    record Halved(OnnxModel model, HalfReport report, Path rounding) {}

    /**
     * @throws ExportException when halves overflow
     */
    Halved halve(LabelledPixels pictures) throws IOException {
        LabelledPixels compared = pictures.first(MOST_COMPARED);
        OnnxModel halved = model.withGraph(HalfPrecision.of(model.graph(), boundary));
        Path rounding = folder.resolve("rounded.onnx");
        model.withGraph(HalfPrecision.rounded(model.graph(), boundary)).write(rounding);
        Predictions original = predict(model, compared);
        Predictions half = predict(halved, compared);
        Predictions rounded = predict(rounding, compared);
        if (!Double.isFinite(rounded.rms())) {
            throw new ExportException("half precision overflows in this model: an intermediate result is over 65504."
                    + " Nothing was written; export --precision fp32");
        }
        HalfReport report = new HalfReport(
                compared.count(),
                original.largest(),
                half.largestDifference(original),
                rounded.largestDifference(original),
                rounded.agreement(original));
        return new Halved(halved, report, rounding);
    }

    private Predictions predict(OnnxModel tried, LabelledPixels pictures) throws IOException {
        Path file = folder.resolve("trial.onnx");
        tried.write(file);
        return predict(file, pictures);
    }

    /** Without optimisations, which would take pairs of casts away. */
    private static Predictions predict(Path file, LabelledPixels pictures) {
        try (RuntimeSession session =
                RuntimeSession.open(file, ai.onnxruntime.OrtSession.SessionOptions.OptLevel.NO_OPT)) {
            return Predictions.of(session, pictures);
        }
    }
}
