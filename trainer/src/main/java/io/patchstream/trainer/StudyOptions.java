package io.patchstream.trainer;

import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.study.Cell;
import io.patchstream.trainer.study.Contender;
import io.patchstream.trainer.study.Figure;
import io.patchstream.trainer.study.Study;
import io.patchstream.trainer.study.Study.Plan;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.train.TrainingData;
import io.patchstream.trainer.train.TrainingStoppedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What both studies are told, and how they run. */
final class StudyOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--recipe",
            defaultValue = "study",
            paramLabel = "NAME|FILE",
            description = "What all trainings have in common (${DEFAULT-VALUE}).")
    private String recipe;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Overrides a setting of the recipe, and of every contender.")
    private Map<String, String> settings = new TreeMap<>();

    @Option(
            names = "--contenders",
            paramLabel = "FILE",
            description = "The models: a line each, NAME: model=MODEL; key=value; ... The first word is the family."
                    + " Without: small ones that come with the program.")
    private String contenders;

    @Option(
            names = "--seeds",
            defaultValue = "1",
            paramLabel = "N",
            description =
                    "Trainings of each cell, which differ in examples, initialisation and order (${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--test-examples",
            defaultValue = "0",
            paramLabel = "N",
            description = "Test pictures at most; 0 for all (${DEFAULT-VALUE}).")
    private int testExamples;

    @Option(
            names = "--transfer",
            paramLabel = "DIR",
            description = "Data that the 5-shot linear heads are fitted to and measured on; without, the recipe's.")
    private Path transfer;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where cells and figures go.")
    private Path out;

    /** Which trainings a study has. */
    interface Plans {
        /**
         * @param recipes common to all
         * @param training examples that there are
         */
        List<Plan> of(Contender contender, Recipe recipe, int training);
    }

    /**
     * Trains, draws and says.
     *
     * @param order of the trainings
     */
    int run(Figure figure, Plans planned, ToIntFunction<Plan> order) {
        return OrderlyStop.during(spec, () -> train(figure, planned, order));
    }

    private int train(Figure figure, Plans planned, ToIntFunction<Plan> order) throws InterruptedException {
        try {
            if (seeds < 1 || testExamples < 0) {
                throw new IllegalArgumentException("--seeds " + seeds + " --test-examples " + testExamples
                        + "; they must be 1 or more, and 0 or more");
            }
            Recipe common = RecipeReader.read(recipe, settings);
            List<Contender> all = Contender.read(contenders == null ? figure.title() : contenders);
            LibTorch.setUp(common.threads());
            TrainingData data = TrainingData.of(common);
            List<Plan> plans = new ArrayList<>();
            for (Contender contender : all) {
                for (int seed = 0; seed < seeds; seed++) {
                    Map<String, String> given = new TreeMap<>(settings);
                    given.put("seed", Long.toString(common.seed() + seed));
                    plans.addAll(planned.of(
                            contender,
                            contender.recipe(common, given),
                            data.training().size()));
                }
            }
            // Stable: what costs least of each comes first, so that a study that is stopped has something of all.
            plans.sort(java.util.Comparator.comparingInt(order));
            TrainingData few = transfer == null ? data : TrainingData.in(transfer);
            List<Cell> cells = new Study(data, few, testExamples, out).run(plans);
            figure.write(cells, out).forEach(spec.commandLine().getOut()::println);
            return 0;
        } catch (RecipeException | IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException | TrainingStoppedException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }
}
