package io.patchstream.trainer.export;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelVariants;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.train.TrainingData;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.RolloutContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code export}: a trained model as an ONNX file that the stream processor serves, or as others' libraries read it. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "A trained model as an ONNX file with its golden frames beside it;",
            "or, with --to, as a folder that timm or transformers loads."
        })
public final class ExportVerb implements Callable<Integer> {
    private static final String ONNX = "onnx";
    private static final double DROP_POINTS = 0.5;
    private static final int RANDOM_PICTURES = 32;
    private static final long CALIBRATION_SEED = 8;
    /** Of each part: with so many, 99.9 % of distances have a limit, and a coverage of 90 % is within a point. */
    private static final int MOST_UNTOUCHED = 1000;

    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE|DIR",
            description = "The ONNX file to write; with another --to, the folder.")
    private Path out;

    @Option(
            names = "--to",
            defaultValue = ONNX,
            paramLabel = "FORM",
            description = {
                "onnx; timm (for timm.create_model), hf (for transformers' from_pretrained), or safetensors (every model,",
                "by timm's names; for train --set from=DIR). The last three hold float32 as it was trained."
            })
    private String form;

    @Option(
            names = "--flavour",
            defaultValue = "fused",
            paramLabel = "F",
            description = "fused (ONNX Runtime's own kernels, fastest) or portable (standard operators only).")
    private String flavour;

    @Option(
            names = "--precision",
            defaultValue = "fp32",
            paramLabel = "P",
            description = "fp32, fp16 (for GPUs; a processor computes it slower) or int8.")
    private String precision;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description =
                    "What logits are divided by before the softmax; the model's own when not given, which is 1 before"
                            + " evaluate --calibrate.")
    private Double temperature;

    @Option(
            names = "--recipe",
            paramLabel = "NAME|FILE",
            description =
                    "The recipe that names the data: int8 is calibrated on its training examples and validated on "
                            + "its test examples; golden frames are of these. What a file says of its confidence is"
                            + " measured anew on them where it has other numbers than the model that was evaluated.")
    private String recipe;

    @Option(names = "--set", paramLabel = "key=value", description = "Overrides a setting of the recipe.")
    private Map<String, String> recipeSettings = new TreeMap<>();

    @Option(
            names = "--calibration-pictures",
            defaultValue = "256",
            paramLabel = "N",
            description = "int8: how many training examples to calibrate on.")
    private int calibrationPictures;

    @Option(
            names = "--validation-pictures",
            defaultValue = "4000",
            paramLabel = "N",
            description = "int8: how many test examples the accuracy gate counts at most.")
    private int validationPictures;

    @Option(
            names = "--max-drop",
            paramLabel = "POINTS",
            description = "int8: how many percentage points of top-1 accuracy it may cost (0.5; with --random any).")
    private Double maxDrop;

    @Option(
            names = "--weight-bits",
            defaultValue = "7",
            paramLabel = "N",
            description = {
                "int8: bits of the weights, 7 or 8 (${DEFAULT-VALUE}). 7 gives the same answers on every processor; with 8 those",
                "without VNNI overflow, and refuse the model by its golden frames."
            })
    private int weightBits;

    @Option(
            names = "--keep-float",
            split = ",",
            paramLabel = "LAYER",
            description = {
                "int8: dense layers that stay float, such as blocks.3.mlp.fc2 or blocks.0.*; what each costs is printed",
                "when the accuracy gate refuses the model."
            })
    private List<String> kept = List.of();

    @Option(
            names = "--external-over",
            paramLabel = "MB",
            description =
                    "Weights of more megabytes than this go to FILE.data beside FILE; 2048 less some is the most.")
    private Integer externalOver;

    @Option(
            names = "--also-of",
            split = ",",
            paramLabel = "FILE",
            description =
                    "With --attention-of: the same model in int8 or fp16; it is explained by the same file once its weights"
                            + " are shown to be the same.")
    private List<Path> alsoExplained = List.of();

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

        @Option(
                names = "--attention-of",
                required = true,
                paramLabel = "FILE",
                description = {
                    "A float32 ONNX file that export wrote: its explain file, which also tells from which patches an answer",
                    "comes (attention rollout), for the live page. Call it NAME-explain.onnx, beside the model."
                })
        private Path explained;
    }

    @Override
    public Integer call() {
        try {
            return run();
        } catch (RecipeException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException | ExportException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private int run() throws IOException {
        if (source.explained != null) {
            return explain();
        } else if (!alsoExplained.isEmpty()) {
            throw misuse("--also-of goes with --attention-of");
        }
        double mostDrop = maxDrop != null ? maxDrop : source.folder != null ? DROP_POINTS : 100;
        TrainedModel model = source.folder != null ? TrainedModel.read(source.folder) : RandomModel.of(variant(), seed);
        if (!form.equals(ONNX)) {
            return writeFor(model);
        }
        ExportSettings settings = new ExportSettings(
                flavour(),
                precision(),
                temperature != null ? temperature : model.temperature(),
                mostDrop,
                weightBits,
                kept);
        ExportReport report = export(exporter(model, settings), model, settings);
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
        report.half()
                .ifPresent(cost -> spec.commandLine()
                        .getOut()
                        .printf(
                                Locale.ROOT,
                                "fp16: logits within %.2g of float32's (the largest is %.3g), within %.2g where every"
                                        + " result is rounded as on a GPU; the same label for %.2f %% of %d pictures%n",
                                cost.largestDifference(),
                                cost.largestLogit(),
                                cost.largestDifferenceRounded(),
                                100 * cost.agreement(),
                                cost.pictures()));
        report.quantisation()
                .ifPresent(cost -> spec.commandLine()
                        .getOut()
                        .printf(
                                Locale.ROOT,
                                "int8 by %s: top-1 %.2f %% of float32's %.2f %% on %d pictures, the same label for %.2f %%, "
                                        + "logits off by %.3g rms of %.3g%n",
                                cost.method(),
                                100 * cost.accuracy(),
                                100 * cost.floatAccuracy(),
                                cost.pictures(),
                                100 * cost.agreement(),
                                cost.rmsLogitError(),
                                cost.rmsLogit()));
        report.confidence().forEach(note -> spec.commandLine().getOut().println(note));
        return 0;
    }

    private int explain() throws IOException {
        RolloutContract rollout = new ExplainExport(source.explained).write(alsoExplained, out);
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: attention rollout over %d blocks, mean of %d heads, %s; explains %s%n",
                        out.getFileName(),
                        rollout.blocks(),
                        rollout.heads(),
                        rollout.pooling(),
                        String.join(", ", rollout.explains()));
        return 0;
    }

    private Exporter exporter(TrainedModel model, ExportSettings settings) {
        if (externalOver == null) {
            return new Exporter(model, settings);
        }
        if (externalOver < 0) {
            throw misuse("--external-over " + externalOver + " is less than nothing");
        }
        return new Exporter(model, settings, Math.min(OnnxModel.LARGEST_FILE, externalOver * 1_000_000L));
    }

    private int writeFor(TrainedModel model) throws IOException {
        ForeignForm others = ForeignForm.named(form)
                .orElseThrow(() -> misuse("--to " + form + " is none of onnx, timm, hf, safetensors"));
        if (!precision.equals("fp32")) {
            throw misuse("--precision " + precision + " goes with --to onnx; the other forms hold float32");
        }
        List<String> notes = others.write(model, out);
        notes.forEach(note -> spec.commandLine().getOut().println("Note: " + note + "."));
        spec.commandLine()
                .getOut()
                .println(out + ": " + model.config().name() + " for " + form
                        + (model.temperature() == 1
                                ? ""
                                : "; its temperature " + model.temperature() + " is not part of the weights"));
        return 0;
    }

    private ExportReport export(Exporter exporter, TrainedModel model, ExportSettings settings) throws IOException {
        boolean quantises = settings.precision() == Precision.INT8_STATIC;
        if (recipe != null || quantises && source.folder != null) {
            return exportWithData(exporter, model, TrainingData.of(recipeOf(model)));
        }
        if (!quantises) {
            return exporter.export(out);
        }
        return exporter.export(
                out,
                RandomPictures.of(RANDOM_PICTURES, imageSize, seed),
                exporter.labelledByModel(RandomPictures.of(RANDOM_PICTURES, imageSize, seed + 1)));
    }

    private ExportReport exportWithData(Exporter exporter, TrainedModel model, TrainingData data) throws IOException {
        if (!data.training().labels().equals(model.labels())) {
            throw new ExportException(
                    "the data have the labels " + data.training().labels() + "; the model has " + model.labels()
                            + ": give the data that it was trained on");
        }
        Dataset first = data.evaluations().values().iterator().next();
        return exporter.export(
                out,
                DatasetPictures.calibration(
                        data.training(), model.preprocessing(), calibrationPictures, CALIBRATION_SEED),
                DatasetPictures.validation(data.evaluations().values(), model.preprocessing(), validationPictures),
                exporter.measuresConfidence()
                        ? Optional.of(Untouched.of(first, model.preprocessing(), MOST_UNTOUCHED))
                        : Optional.empty());
    }

    /** The recipe that is asked for, or else the one that the model's lineage names, with its settings. */
    private Recipe recipeOf(TrainedModel model) throws IOException {
        if (recipe != null) {
            return RecipeReader.read(recipe, recipeSettings);
        }
        String[] words = model.lineage().recipe().split(" ", -1);
        Map<String, String> settings = new TreeMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                settings.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        settings.putAll(recipeSettings);
        try {
            return RecipeReader.read(words[0], settings);
        } catch (IOException e) {
            throw new IOException(
                    "int8 is calibrated and validated on data: give the --recipe that names them (" + e.getMessage()
                            + ")",
                    e);
        }
    }

    private ModelConfig variant() {
        try {
            return ModelVariants.named(source.variant, imageSize, classes);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--random: " + e.getMessage(), e);
        }
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
            case "fp16" -> Precision.FP16;
            case "int8" -> Precision.INT8_STATIC;
            default -> throw misuse("--precision " + precision + " is none of fp32, fp16 and int8");
        };
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
