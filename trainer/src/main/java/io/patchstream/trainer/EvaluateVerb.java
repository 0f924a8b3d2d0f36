package io.patchstream.trainer;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.IdxDataset;
import io.patchstream.trainer.data.IdxDataset.Split;
import io.patchstream.trainer.data.ImageFolder;
import io.patchstream.trainer.evaluate.ClassGaussians;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.evaluate.Examination;
import io.patchstream.trainer.evaluate.Measurements;
import io.patchstream.trainer.evaluate.MeasurementsText;
import io.patchstream.trainer.model.ClassDistance;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.trainer.train.Trainer;
import io.patchstream.trainer.train.TrainingData;
import io.patchstream.vision.model.ConformalPromise;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code evaluate}: how good a trained model is, by class. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Measures a trained model: top-1, top-5, each class (precision, recall, what it was called), calibration,",
            "conformal sets, distance of outsiders, few-shot heads, nearest neighbours, robustness."
        })
final class EvaluateVerb implements Callable<Integer> {
    private static final int BATCH = 250;
    /** In the model's folder. */
    static final String FILE = "evaluation.json";

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"--from", "--model", "--checkpoint"},
            required = true,
            paramLabel = "DIR",
            description = "A folder that train or import wrote.")
    private Path folder;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Measure on these data, in place of a recipe's: IDX files, or train/CLASS and test/CLASS.")
    private Path dataFolder;

    @Option(
            names = "--outside",
            paramLabel = "DIR",
            description = "Pictures that are none of the classes, in a folder of folders or as IDX test files.")
    private Path outside;

    @Option(
            names = "--train-examples",
            defaultValue = "10000",
            paramLabel = "N",
            description = "How many training examples at most make Gaussians, few-shot heads and neighbours; 0: none.")
    private int trainExamples;

    @Option(
            names = "--spoilt-examples",
            defaultValue = "1000",
            paramLabel = "N",
            description = "How many examples at most are spoilt by each corruption at five severities; 0: none.")
    private int spoiltExamples;

    @Option(
            names = "--alpha",
            defaultValue = "0.1",
            paramLabel = "SHARE",
            description = "The share of conformal sets that may miss the right class.")
    private double alpha;

    @Option(
            names = "--calibrate",
            description =
                    "Write what the first data set tells into the model, and export gives it to the processor: temperature,"
                            + " conformal threshold, distance to the classes.")
    private boolean calibrate;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Where the figures go; evaluation.json in the model's folder when not given.")
    private Path json;

    @Option(
            names = "--recipe",
            paramLabel = "NAME|FILE",
            description = "Whose data to measure on; the one that the model was trained by when not given.")
    private String recipe;

    @Option(names = "--set", paramLabel = "key=value", description = "Overrides a setting of the recipe, such as data.")
    private Map<String, String> settings = new TreeMap<>();

    @Override
    public Integer call() {
        try {
            TrainedModel trained = TrainedModel.read(folder);
            requireSense();
            TrainingData data = data(trained);
            List<Measurements> all = new ArrayList<>();
            PrintWriter out = spec.commandLine().getOut();
            ClassGaussians gaussians;
            try (VisionTransformer model = new VisionTransformer(trained.config(), trained.parameters())) {
                Examination examination = new Examination(
                        new Evaluator(trained.preprocessing(), Precision.FP32, BATCH),
                        model,
                        trained.labels(),
                        new Examination.Settings(trainExamples, spoiltExamples, alpha));
                Examination.Training training = trainExamples > 0 ? examination.training(data.training()) : null;
                Dataset others = outside == null ? null : others();
                for (var entry : data.evaluations().entrySet()) {
                    Measurements measured = examination.examine(entry.getKey(), entry.getValue(), training, others);
                    out.println(String.join(System.lineSeparator(), MeasurementsText.of(measured)));
                    all.add(measured);
                }
                gaussians = training == null ? null : training.gaussians();
            }
            Measurements.write(json == null ? folder.resolve(FILE) : json, all);
            if (calibrate) {
                calibrate(trained, all.get(0), gaussians, out);
            }
            out.flush();
            return 0;
        } catch (RecipeException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private void calibrate(TrainedModel trained, Measurements measured, ClassGaussians gaussians, PrintWriter out)
            throws IOException {
        if (measured.calibration() == null) {
            throw new IOException(
                    "there is no temperature to write: the data's classes are not the model's, or there are"
                            + " too few examples");
        }
        double temperature = measured.calibration().temperature();
        Optional<ConformalPromise> sets = measured.conformal().sets().promise();
        Optional<ClassDistance> distance = Optional.ofNullable(measured.outsiders())
                .map(Measurements.Outsiders::known)
                .map(gaussians::known);
        trained.calibrated(temperature, sets, distance).write(folder);
        out.println("temperature " + temperature + " is in the model");
        out.println(sets.map(promise -> "conformal sets are in the model: classes of at least " + promise.threshold())
                .orElse("conformal sets are not: " + measured.conformal().sets().examples()
                        + " examples are too few for alpha " + alpha));
        out.println(distance.map(
                        classes -> "distance to " + classes.classes() + " classes is in the model, with limits for "
                                + classes.known().percents() + " % of known pictures")
                .orElse("distance to the classes is not: there are too few examples to train on or to count on"));
    }

    private void requireSense() {
        if (dataFolder != null && (recipe != null || !settings.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "--data goes without --recipe and --set");
        }
        if (!(alpha > 0 && alpha < 1)) {
            throw new ParameterException(spec.commandLine(), "--alpha is " + alpha + "; it must be between 0 and 1");
        }
        if (trainExamples < 0 || spoiltExamples < 0) {
            throw new ParameterException(spec.commandLine(), "numbers of examples must be 0 or more");
        }
    }

    private TrainingData data(TrainedModel trained) throws IOException {
        if (dataFolder != null) {
            LibTorch.setUp(0);
            return TrainingData.in(dataFolder);
        }
        Path own = Trainer.recipeFile(folder);
        if (recipe == null && !Files.exists(own)) {
            throw new IOException(
                    folder + " names no data for " + trained.config().name() + ": give --data or --recipe");
        }
        Recipe read = RecipeReader.read(recipe == null ? own.toString() : recipe, settings);
        LibTorch.setUp(read.threads());
        return TrainingData.of(read);
    }

    private Dataset others() throws IOException {
        return IdxDataset.isIn(outside, Split.TEST) ? IdxDataset.read(outside, Split.TEST) : ImageFolder.read(outside);
    }
}
