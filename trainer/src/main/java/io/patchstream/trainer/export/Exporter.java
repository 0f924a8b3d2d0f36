package io.patchstream.trainer.export;

import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.ModelLineage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
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
     * Exports without data: float32 only. The golden frames are made-up pictures.
     *
     * @throws ExportException when the model cannot be exported so
     */
    public ExportReport export(Path out) throws IOException {
        return export(out, RandomPictures.of(GOLDEN_FRAMES, model.config().imageSize(), GOLDEN_SEED));
    }

    /**
     * Exports float32 with golden frames from data.
     *
     * @param pictures the first few become golden frames
     */
    public ExportReport export(Path out, LabelledPixels pictures) throws IOException {
        if (settings.precision() != Precision.FP32) {
            throw new ExportException(settings.precision() + " is not there yet: choose FP32");
        }
        requireFitting(pictures);
        ModelContract contract = contract();
        OnnxModel onnx = TransformerGraph.of(model.config(), model.parameters(), contract);
        return place(onnx, contract, pictures, out, Optional.empty());
    }

    private void requireFitting(LabelledPixels pictures) {
        int side = model.config().imageSize();
        if (pictures.height() != side || pictures.width() != side || pictures.count() == 0) {
            throw new ExportException(pictures.count() + " pictures of " + pictures.height() + " x " + pictures.width()
                    + "; this model needs at least one, of " + side + " x " + side);
        }
    }

    private ModelContract contract() {
        ModelLineage lineage = model.lineage();
        return new ModelContract(
                model.config().name(),
                model.labels(),
                model.preprocessing(),
                model.config().hiddenSize(),
                settings.temperature(),
                settings.precision(),
                settings.flavour(),
                lineage.trainerVersion().isEmpty() ? withVersion(lineage) : lineage);
    }

    private static ModelLineage withVersion(ModelLineage lineage) {
        String version = Exporter.class.getPackage().getImplementationVersion();
        return new ModelLineage(
                lineage.dataManifestSha256(),
                lineage.parentSha256(),
                lineage.recipe(),
                lineage.seed(),
                lineage.metrics(),
                version == null ? "development" : version);
    }

    /** Writes to a folder of its own, asks ONNX Runtime for the golden frames, then moves all to their place. */
    private ExportReport place(
            OnnxModel onnx,
            ModelContract contract,
            LabelledPixels pictures,
            Path out,
            Optional<QuantisationReport> quantisation)
            throws IOException {
        Path target = out.toAbsolutePath();
        Files.createDirectories(target.getParent());
        Path folder = Files.createTempDirectory(target.getParent(), ".export");
        try {
            Path file = folder.resolve(target.getFileName());
            onnx.write(file, mostFileBytes);
            GoldenFrames golden = GoldenRun.of(file, pictures.first(GOLDEN_FRAMES));
            golden.write(GoldenFrames.beside(file));
            long bytes = 0;
            Path data = OnnxModel.dataFileOf(target);
            Files.deleteIfExists(data);
            if (Files.exists(OnnxModel.dataFileOf(file))) {
                bytes += Files.size(OnnxModel.dataFileOf(file));
                move(OnnxModel.dataFileOf(file), data);
            }
            move(GoldenFrames.beside(file), GoldenFrames.beside(target));
            bytes += Files.size(file);
            move(file, target);
            return new ExportReport(
                    target, GoldenFrames.beside(target), contract, bytes, golden.tolerance(), quantisation);
        } finally {
            removeFolder(folder);
        }
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
