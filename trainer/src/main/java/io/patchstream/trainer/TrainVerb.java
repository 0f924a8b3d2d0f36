package io.patchstream.trainer;

import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.train.Trainer;
import io.patchstream.trainer.train.TrainingData;
import io.patchstream.trainer.train.TrainingStoppedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code train}: a model by a recipe. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Trains a model by a recipe. Stopped at any moment, the same command goes on where it was.")
final class TrainVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--recipe",
            required = true,
            paramLabel = "NAME|FILE",
            description = "A built-in recipe or a properties file.")
    private String recipe;

    @Option(names = "--set", paramLabel = "key=value", description = "Overrides a setting of the recipe.")
    private Map<String, String> settings = new TreeMap<>();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the model goes.")
    private Path out;

    @Override
    public Integer call() throws InterruptedException {
        try {
            Recipe read = RecipeReader.read(recipe, settings);
            LibTorch.setUp(read.threads());
            new Trainer(read, TrainingData.of(read), out).train();
            spec.commandLine().getOut().println("trained: " + out.resolve("model.safetensors"));
            return 0;
        } catch (RecipeException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException | TrainingStoppedException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }
}
