package io.patchstream.trainer;

import io.patchstream.trainer.data.ImageFolder;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.train.PseudoLabels;
import io.patchstream.trainer.train.SelfTraining;
import io.patchstream.trainer.train.TrainingData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code self-train}: students of a teacher that labels pictures without labels. */
@Command(
        name = "self-train",
        mixinStandardHelpOptions = true,
        description = {
            "Self-training with noise (Noisy Student): a teacher labels pictures that have none, a student learns them and",
            "the labelled ones, and is the next teacher. Stopped at any moment, the same command goes on where it was."
        })
final class SelfTrainVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--recipe",
            required = true,
            paramLabel = "NAME|FILE",
            description = "The students' recipe, with their noise and the labelled data; such as noisy-student.")
    private String recipe;

    @Option(names = "--set", paramLabel = "key=value", description = "Overrides a setting of the recipe.")
    private Map<String, String> settings = new TreeMap<>();

    @Option(names = "--teacher", required = true, paramLabel = "DIR", description = "The first teacher.")
    private Path teacher;

    @Option(
            names = "--unlabelled",
            required = true,
            paramLabel = "DIR",
            description = "Folders of pictures; the folders' names do not count.")
    private Path unlabelled;

    @Option(names = "--rounds", defaultValue = "3", paramLabel = "N", description = "Students (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--least",
            defaultValue = "0.3",
            paramLabel = "P",
            description = "How sure a teacher must be of a label (${DEFAULT-VALUE}, the paper's).")
    private double least;

    @Option(
            names = "--per-class",
            defaultValue = "0",
            paramLabel = "N",
            description = "Pictures of each class, repeated where there are fewer; 0 for the mean.")
    private int perClass;

    @Option(
            names = "--labels",
            defaultValue = "SOFT",
            paramLabel = "SOFT|HARD",
            description = "What a student is told: all that the teacher said, as in the paper, or its likeliest class.")
    private PseudoLabels.Kind labels;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the students go.")
    private Path out;

    @Override
    public Integer call() {
        return OrderlyStop.during(spec, this::train);
    }

    private int train() throws IOException, InterruptedException {
        Recipe read = RecipeReader.read(recipe, settings);
        LibTorch.setUp(read.threads());
        TrainedModel last = new SelfTraining(rounds, least, perClass, labels)
                .run(read, TrainingData.of(read), ImageFolder.read(unlabelled), teacher, out);
        spec.commandLine()
                .getOut()
                .println("trained: " + out.resolve("round-" + rounds) + " "
                        + last.lineage().metrics());
        return 0;
    }
}
