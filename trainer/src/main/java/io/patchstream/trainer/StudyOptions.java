package io.patchstream.trainer;

import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.study.Cell;
import io.patchstream.trainer.study.Figure;
import io.patchstream.trainer.study.Study;
import io.patchstream.trainer.study.Study.Plan;
import io.patchstream.trainer.study.Variation;
import io.patchstream.trainer.train.TrainingData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the studies that compare models are told, and how they run. */
final class StudyOptions {
    @Mixin
    private StudyRun run;

    @Option(
            names = "--recipe",
            defaultValue = "study",
            paramLabel = "NAME|FILE",
            description = "What all trainings have in common (${DEFAULT-VALUE}).")
    private String recipe;

    @Option(
            names = "--contenders",
            paramLabel = "FILE",
            description = "The models: a line each, NAME: model=MODEL; key=value; ... The first word is the family."
                    + " Without: small ones that come with the program.")
    private String contenders;

    @Option(
            names = "--transfer",
            paramLabel = "DIR",
            description = "Data that the 5-shot linear heads are fitted to and measured on; without, the recipe's.")
    private Path transfer;

    /** Which trainings a study has. */
    interface Plans {
        /**
         * @param recipe of the contender
         * @param training examples that there are
         */
        List<Plan> of(Variation contender, Recipe recipe, int training);
    }

    /**
     * Trains, draws and says.
     *
     * @param order of the trainings
     * @return the exit code
     */
    int run(Figure figure, Plans planned, ToIntFunction<Plan> order) {
        return run.of(recipe, common -> train(figure, common, planned, order));
    }

    private List<String> train(Figure figure, Recipe common, Plans planned, ToIntFunction<Plan> order)
            throws IOException, InterruptedException {
        List<Variation> all =
                Variation.read(Variation.Kind.CONTENDER, contenders == null ? figure.title() : contenders);
        TrainingData data = TrainingData.of(common);
        List<Plan> plans = new ArrayList<>();
        for (Variation contender : all) {
            for (Map<String, String> given : run.given(common)) {
                plans.addAll(planned.of(
                        contender,
                        contender.recipe(common, given),
                        data.training().size()));
            }
        }
        // Stable: what costs least of each comes first, so that a study that is stopped has something of all.
        plans.sort(java.util.Comparator.comparingInt(order));
        TrainingData few = transfer == null ? data : TrainingData.in(transfer);
        List<Cell> cells = new Study(data, few, run.testExamples(), run.out()).run(plans);
        return figure.write(cells, run.out());
    }
}
