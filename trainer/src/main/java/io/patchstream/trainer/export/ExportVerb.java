package io.patchstream.trainer.export;

import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code export}: a trained model as an ONNX file that the stream processor serves. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "A trained model as an ONNX file with its golden frames beside it.")
public final class ExportVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The ONNX file to write.")
    private Path out;

    @Option(
            names = "--flavour",
            defaultValue = "fused",
            paramLabel = "F",
            description = "fused (ONNX Runtime's own kernels, fastest) or portable (standard operators only).")
    private String flavour;

    @Option(names = "--precision", defaultValue = "fp32", paramLabel = "P", description = "fp32 or int8.")
    private String precision;

    @Option(
            names = "--temperature",
            defaultValue = "1",
            paramLabel = "T",
            description = "What logits are divided by before the softmax.")
    private double temperature;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Seed of --random.")
    private long seed;

    @Option(
            names = "--image-size",
            defaultValue = "224",
            paramLabel = "PX",
            description = "Input side of --random, in pixels.")
    private int imageSize;

    @Option(names = "--classes", defaultValue = "1000", paramLabel = "K", description = "Classes of --random.")
    private int classes;

    /** What is exported. */
    static final class Source {
        @Option(names = "--from", required = true, paramLabel = "DIR", description = "A folder that train wrote.")
        private Path folder;

        @Option(
                names = "--random",
                required = true,
                paramLabel = "VARIANT",
                description = "Random weights, such as of ViT-Ti/16: for measuring speed.")
        private String variant;
    }

    @Override
    public Integer call() throws IOException {
        ExportSettings settings = new ExportSettings(flavour(), precision(), temperature, 0.5, 8);
        TrainedModel model = source.folder != null
                ? TrainedModel.read(source.folder)
                : RandomModel.of(PaperVariant.of(source.variant, imageSize, classes), seed);
        ExportReport report = new Exporter(model, settings).export(out);
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: %s, %s %s, %.1f MB; golden frames within %.2g of a logit in %s%n",
                        report.model().getFileName(),
                        report.contract().name(),
                        flavour,
                        precision,
                        report.bytes() / 1e6,
                        report.tolerance(),
                        report.golden().getFileName());
        return 0;
    }

    private Flavour flavour() {
        return switch (flavour) {
            case "fused" -> Flavour.FUSED;
            case "portable" -> Flavour.PORTABLE;
            default -> throw misuse("--flavour " + flavour + " is neither fused nor portable");
        };
    }

    private Precision precision() {
        return switch (precision) {
            case "fp32" -> Precision.FP32;
            case "int8" -> Precision.INT8_STATIC;
            default -> throw misuse("--precision " + precision + " is neither fp32 nor int8 (fp16 is not there yet)");
        };
    }

    private RuntimeException misuse(String message) {
        return new picocli.CommandLine.ParameterException(spec.commandLine(), message);
    }
}
