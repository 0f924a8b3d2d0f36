package io.patchstream.trainer.export;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.ModelLineage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * From a trained model to an ONNX file with its golden frames beside it. Nothing is at the file's place until all checks have
 * passed.
 */
public final class Exporter {
    private static final int GOLDEN_FRAMES = 4;
    private static final long GOLDEN_SEED = 20;

    private final TrainedModel model;
    private final ExportSettings settings;
    private final long mostFileBytes;

    public Exporter(TrainedModel model, ExportSettings settings) {
        this(model, settings, OnnxModel.LARGEST_FILE);
    }

    /** Weights over {@code mostFileBytes} go beside the file. */
    Exporter(TrainedModel model, ExportSettings settings, long mostFileBytes) {
        this.model = model;
        this.settings = settings;
        this.mostFileBytes = mostFileBytes;
    }

    /**
     * Exports without data: float32 or half precision. The golden frames are made-up pictures.
     *
     * @throws ExportException when the model cannot be exported so
     */
    public ExportReport export(Path out) throws IOException {
        return export(out, RandomPictures.of(GOLDEN_FRAMES, model.config().imageSize(), GOLDEN_SEED));
    }

    /**
     * Exports float32 or half precision with golden frames from data.
     *
     * @param pictures the first few become golden frames
     */
    public ExportReport export(Path out, LabelledPixels pictures) throws IOException {
        if (settings.precision() == Precision.INT8_STATIC) {
            throw new ExportException(settings.precision() + " needs pictures to calibrate and to validate on");
        }
        return export(out, pictures, pictures);
    }

    /**
     * Exports with data.
     *
     * @param calibration int8 ranges are chosen on these: some hundred pictures of the kind that the model will see, none of
     *     them from {@code validation}
     * @param validation the accuracy gate counts on these; the first few become golden frames
     * @throws ExportException when the model cannot be exported so, or int8 costs too much accuracy
     */
    public ExportReport export(Path out, LabelledPixels calibration, LabelledPixels validation) throws IOException {
        return export(out, calibration, validation, Optional.empty());
    }

    /** Whether what the model says of its confidence must be measured anew of the exported file. */
    public boolean measuresConfidence() {
        return ExportedConfidence.isMeasuredAnew(model, settings);
    }

    /**
     * Exports with data.
     *
     * @param untouched the file's own confidence is measured on these, where it must be; empty leaves it out
     */
    public ExportReport export(
            Path out, LabelledPixels calibration, LabelledPixels validation, Optional<Untouched> untouched)
            throws IOException {
        requireFitting(calibration);
        requireFitting(validation);
        Path target = out.toAbsolutePath();
        Files.createDirectories(target.getParent());
        Path folder = Files.createTempDirectory(target.getParent(), ".export");
        try {
            boolean tellsDistance = settings.precision() == Precision.FP32 || untouched.isPresent();
            OnnxModel onnx = TransformerGraph.of(
                    model.config(),
                    model.parameters(),
                    contract(Map.of()),
                    tellsDistance ? model.distance() : Optional.empty());
            switch (settings.precision()) {
                case FP32 -> {
                    return place(onnx, Costs.NONE, validation, untouched, folder, target);
                }
                case FP16 -> {
                    Halver.Halved halved = new Halver(onnx, model.config(), folder).halve(validation);
                    Costs costs = new Costs(Optional.empty(), Optional.of(halved.report()), List.of(halved.rounding()));
                    return place(halved.model(), costs, validation, untouched, folder, target);
                }
                case INT8_STATIC -> {
                    List<String> layers = settings.quantised(TransformerGraph.denseLayers(model.config()));
                    Quantiser.Passed passed =
                            new Quantiser(onnx, layers, settings, folder).quantise(calibration, validation);
                    Costs costs = new Costs(Optional.of(passed.report()), Optional.empty(), List.of());
                    return place(passed.model(), costs, validation, untouched, folder, target);
                }
                default -> throw new IllegalStateException("no way to export " + settings.precision());
            }
        } finally {
            removeFolder(folder);
        }
    }

    /**
     * What the file may say of its confidence. Half precision is for GPUs, and so what is measured is the file that rounds as
     * they do.
     */
    private ExportedConfidence confidence(OnnxModel onnx, Costs costs, Optional<Untouched> untouched, Path folder)
            throws IOException {
        if (!measuresConfidence()) {
            return ExportedConfidence.own(model);
        } else if (untouched.isEmpty()) {
            return ExportedConfidence.withoutPictures(model, settings);
        } else if (!costs.others().isEmpty()) {
            return ExportedConfidence.measured(model, costs.others().get(0), OptLevel.NO_OPT, untouched.get());
        }
        Path trial = folder.resolve("confidence.onnx");
        onnx.write(trial);
        return ExportedConfidence.measured(model, trial, OptLevel.ALL_OPT, untouched.get());
    }

    /** The same pictures with the classes that the float model gives them: what int8 is held against without data. */
    public LabelledPixels labelledByModel(LabelledPixels pictures) throws IOException {
        Path folder = Files.createTempDirectory("patchstream-export");
        try {
            Path file = folder.resolve("float.onnx");
            TransformerGraph.of(model.config(), model.parameters(), contract(Map.of()))
                    .write(file);
            try (RuntimeSession session = RuntimeSession.open(file)) {
                return pictures.withClasses(Predictions.of(session, pictures).tops());
            }
        } finally {
            removeFolder(folder);
        }
    }

    private void requireFitting(LabelledPixels pictures) {
        int side = model.config().imageSize();
        if (pictures.height() != side || pictures.width() != side || pictures.count() == 0) {
            throw new ExportException(pictures.count() + " pictures of " + pictures.height() + " x " + pictures.width()
                    + "; this model needs at least one, of " + side + " x " + side);
        }
    }

    /** The contract, with what the export itself measured among the metrics. */
    private ModelContract contract(Map<String, Double> measured) {
        return new ModelContract(
                model.config().name(),
                model.labels(),
                model.preprocessing(),
                model.config().embeddingSize(),
                settings.temperature(),
                settings.precision(),
                settings.flavour(),
                lineage(measured));
    }

    private ModelLineage lineage(Map<String, Double> measured) {
        ModelLineage trained = model.lineage();
        Map<String, Double> metrics = new TreeMap<>(trained.metrics());
        metrics.putAll(measured);
        return new ModelLineage(
                trained.dataManifestSha256(),
                trained.parentSha256(),
                trained.recipe(),
                trained.seed(),
                metrics,
                trained.trainerVersion().isEmpty() ? "unreleased" : trained.trainerVersion());
    }

    /**
     * What a precision cost.
     *
     * @param others files that other devices may compute like
     */
    private record Costs(Optional<QuantisationReport> quantisation, Optional<HalfReport> half, List<Path> others) {
        static final Costs NONE = new Costs(Optional.empty(), Optional.empty(), List.of());
    }

    /** Writes to {@code folder}, asks ONNX Runtime for the golden frames, then moves all to their place. */
    private ExportReport place(
            OnnxModel onnx,
            Costs costs,
            LabelledPixels pictures,
            Optional<Untouched> untouched,
            Path folder,
            Path target)
            throws IOException {
        ExportedConfidence confidence = confidence(onnx, costs, untouched, folder);
        ModelContract contract = contract(
                        costs.quantisation().map(QuantisationReport::metrics).orElse(Map.of()))
                .with(confidence.conformal(), confidence.distances());
        Path file = folder.resolve(target.getFileName());
        onnx.withMetadata(contract.toMetadata()).write(file, mostFileBytes);
        GoldenFrames golden = GoldenRun.of(
                file, pictures.first(GOLDEN_FRAMES), contract.distances().isPresent(), costs.others());
        golden.write(GoldenFrames.beside(file));
        long bytes = Files.size(file);
        Path data = OnnxModel.dataFileOf(file);
        Files.deleteIfExists(OnnxModel.dataFileOf(target));
        if (Files.exists(data)) {
            bytes += Files.size(data);
            move(data, OnnxModel.dataFileOf(target));
        }
        move(GoldenFrames.beside(file), GoldenFrames.beside(target));
        move(file, target);
        return new ExportReport(
                target,
                GoldenFrames.beside(target),
                contract,
                bytes,
                golden.tolerance(),
                costs.quantisation(),
                costs.half(),
                confidence.notes());
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void removeFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
