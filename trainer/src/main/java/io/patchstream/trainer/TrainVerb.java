package io.patchstream.trainer;

import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.distributed.Collective;
import io.patchstream.trainer.distributed.GlooCollective;
import io.patchstream.trainer.distributed.Rank;
import io.patchstream.trainer.divide.DivisionReport;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.train.AutoRecipe;
import io.patchstream.trainer.train.HyperRule;
import io.patchstream.trainer.train.LearningRateGrid;
import io.patchstream.trainer.train.Trainer;
import io.patchstream.trainer.train.TrainingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code train}: a model by a recipe. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Trains a model by a recipe. Stopped at any moment, the same command goes on where it was.",
            "Several processes train together when torchrun's RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT are set."
        })
final class TrainVerb implements Callable<Integer> {
    /** In the model's folder. */
    static final String DIVISION = "split.json";

    private static final Logger LOG = LoggerFactory.getLogger(TrainVerb.class);

    /** How long ranks wait for each other; rank 0 evaluates meanwhile. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final String AUTO = "auto";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--recipe",
            required = true,
            paramLabel = "NAME|FILE",
            description = "A built-in recipe, a properties file, or auto: one for this machine and --budget.")
    private String recipe;

    @Option(names = "--set", paramLabel = "key=value", description = "Overrides a setting of the recipe.")
    private Map<String, String> settings = new TreeMap<>();

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            description = "With --recipe auto: how long training may take, such as 20m, 90s or 1h30m.")
    private String budget;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the model goes.")
    private Path out;

    /** How the data were divided, in the model's folder; what they came with is not this training's to tell. */
    private void note(TrainingData data) throws IOException {
        if (data.division().isPresent()) {
            DivisionReport report = data.division().get().report(List.of("held out", "training"), List.of());
            report.lines().forEach(LOG::info);
            Files.createDirectories(out);
            report.write(out.resolve(DIVISION));
        }
    }

    @Override
    public Integer call() {
        return OrderlyStop.during(spec, this::train);
    }

    private int train() throws IOException, InterruptedException {
        Recipe read = recipe.equals(AUTO) ? chosen() : read();
        Rank rank = Rank.of(System.getenv());
        LibTorch.setUp(read.threads());
        try (Collective collective = rank.worldSize() == 1 ? new Alone() : new GlooCollective(rank, PATIENCE)) {
            if (rank.worldSize() > 1) {
                LOG.info(
                        "rank {} of {} has met the others: they train on processors, never on GPUs, and sum by Gloo",
                        rank.rank(),
                        rank.worldSize());
            }
            TrainingData data = TrainingData.of(read);
            if (rank.first()) {
                note(data);
            }
            Recipe chosen = LearningRateGrid.choose(read, data.training(), out, collective);
            new Trainer(chosen, data, out, collective).train();
        }
        if (rank.first()) {
            spec.commandLine().getOut().println("trained: " + out.resolve("model.safetensors"));
        }
        return 0;
    }

    private Recipe read() throws IOException {
        Recipe asked = RecipeReader.read(recipe, settings);
        if (!recipe.equals(HyperRule.RECIPE)) {
            return asked;
        }
        Map<String, String> values = HyperRule.of(TrainingData.of(asked));
        values.putAll(settings);
        return RecipeReader.read(recipe, values);
    }

    /** The recipe that the folder has from a run before, or else one for the time that there is. */
    private Recipe chosen() throws IOException {
        Path earlier = Trainer.recipeFile(out);
        if (Files.exists(earlier)) {
            spec.commandLine().getOut().println("going on by " + earlier);
            return RecipeReader.read(earlier.toString(), settings);
        }
        if (Rank.of(System.getenv()).worldSize() > 1) {
            throw new IllegalArgumentException("--recipe auto measures one machine: run it alone, then give all"
                    + " processes the recipe.properties that it wrote");
        }
        Map<String, String> given = new TreeMap<>(settings);
        given.putIfAbsent("name", AUTO);
        Recipe asked = RecipeReader.of(given);
        LibTorch.setUp(asked.threads());
        AutoRecipe.Choice choice = AutoRecipe.choose(settings, TrainingData.of(asked), duration(budget));
        choice.reasons().forEach(spec.commandLine().getOut()::println);
        return choice.recipe();
    }

    private static Duration duration(String text) {
        try {
            Duration duration = Duration.parse("PT" + (text == null ? "" : text.toUpperCase(Locale.ROOT)));
            if (duration.compareTo(Duration.ofSeconds(1)) >= 0) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "--budget is " + text + "; --recipe auto needs one, such as 20m or 1h30m", e);
        }
        throw new IllegalArgumentException("--budget is " + text + "; it must be a second or more");
    }
}
