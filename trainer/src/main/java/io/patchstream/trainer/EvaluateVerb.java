package io.patchstream.trainer;

import io.patchstream.trainer.evaluate.Evaluation;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.trainer.train.Trainer;
import io.patchstream.trainer.train.TrainingData;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
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
        description = "Measures a trained model: top-1, top-5, each class and its commonest mistakes.")
final class EvaluateVerb implements Callable<Integer> {
    private static final int BATCH = 250;

    @Spec
    private CommandSpec spec;

    @Option(names = "--from", required = true, paramLabel = "DIR", description = "A folder that train wrote.")
    private Path folder;

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
            Recipe read = RecipeReader.read(
                    recipe == null ? Trainer.recipeFile(folder).toString() : recipe, settings);
            LibTorch.setUp(read.threads());
            TrainingData data = TrainingData.of(read);
            Evaluator evaluator = new Evaluator(trained.preprocessing(), Precision.FP32, BATCH);
            PrintWriter out = spec.commandLine().getOut();
            try (VisionTransformer model = new VisionTransformer(trained.config(), trained.parameters())) {
                for (var entry : data.evaluations().entrySet()) {
                    Evaluation evaluation = evaluator.evaluate(model, entry.getValue());
                    out.println(entry.getKey() + ": " + String.join(System.lineSeparator(), evaluation.report()));
                }
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
}
