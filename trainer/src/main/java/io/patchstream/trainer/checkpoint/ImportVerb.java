package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.export.ExportException;
import io.patchstream.trainer.export.ExportReport;
import io.patchstream.trainer.export.ExportSettings;
import io.patchstream.trainer.export.Exporter;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.tensor.Resampling;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code import}: a checkpoint of timm, Hugging Face or Google as a model to train on and to serve. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description =
                "A checkpoint of timm, Hugging Face or Google, as a model to train on (model.safetensors) and to serve"
                        + " (model.onnx).")
public final class ImportVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "CHECKPOINT",
            description = "A .safetensors, .npz, .pth, .pt or .bin file, an index of shards, or a Hugging Face folder.")
    private Path source;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the model goes.")
    private Path out;

    @Option(names = "--name", paramLabel = "NAME", description = "The model's name; answers carry it.")
    private Optional<String> name = Optional.empty();

    @Option(names = "--heads", paramLabel = "N", description = "Attention heads, when the checkpoint does not say.")
    private Optional<Integer> heads = Optional.empty();

    @Option(names = "--image-size", paramLabel = "PX", description = "Another input size: positions are resampled.")
    private Optional<Integer> imageSize = Optional.empty();

    @Option(
            names = "--patch-size",
            paramLabel = "PX",
            description = "Another patch size: the patch filter is resampled by pseudo-inverse.")
    private Optional<Integer> patchSize = Optional.empty();

    @Option(
            names = "--positions",
            paramLabel = "RULE",
            description = "How positions are resampled: ${COMPLETION-CANDIDATES}; the family's own when left out.")
    private Optional<Resampling> positions = Optional.empty();

    @Option(
            names = "--pixels",
            paramLabel = "NAME",
            description =
                    "Mean and standard deviation of pixels, when the checkpoint does not say: half, imagenet or clip.")
    private Optional<String> pixels = Optional.empty();

    @Option(
            names = "--gelu",
            paramLabel = "FORM",
            description = "Form of GELU: ${COMPLETION-CANDIDATES}; the family's own when left out.")
    private Optional<ModelConfig.Gelu> gelu = Optional.empty();

    @Option(names = "--labels", paramLabel = "FILE", description = "A text file with one label a line.")
    private Optional<Path> labels = Optional.empty();

    @Option(names = "--headless", description = "Leave the classifier out, for the embedding alone.")
    private boolean headless;

    @Option(names = "--portable", description = "Write standard ONNX operators only, not ONNX Runtime's own kernels.")
    private boolean portable;

    @Override
    public Integer call() {
        try {
            return run();
        } catch (IOException | CheckpointException | ExportException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private int run() throws IOException {
        ImportSettings settings = new ImportSettings(
                name,
                heads,
                imageSize,
                patchSize,
                positions,
                pixels.map(this::statistics),
                gelu,
                labels.isPresent() ? Files.readAllLines(labels.get()) : List.of(),
                headless);
        CheckpointImport.Imported imported = CheckpointImport.of(Checkpoint.read(source), settings);
        imported.model().write(out);
        Flavour flavour = portable ? Flavour.PORTABLE : Flavour.FUSED;
        ExportReport report = new Exporter(imported.model(), ExportSettings.of(flavour, Precision.FP32))
                .export(out.resolve("model.onnx"));
        PrintWriter print = spec.commandLine().getOut();
        imported.notes().forEach(note -> print.println("Note: " + note + "."));
        print.println(imported.family() + " checkpoint " + source + " is now "
                + imported.model().config());
        print.println("Serve it: ./patchstream run --set model=" + report.model());
        return 0;
    }

    private PixelStatistics statistics(String key) {
        PixelStatistics statistics = PixelStatistics.NAMED.get(key);
        if (statistics == null) {
            throw new ParameterException(spec.commandLine(), "--pixels " + key + " is none of half, imagenet, clip");
        }
        return statistics;
    }
}
