package io.patchstream.trainer;

import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.study.Suite;
import io.patchstream.trainer.study.Variation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code study suite}: one recipe on many tasks. */
@Command(
        name = "suite",
        mixinStandardHelpOptions = true,
        description = {
            "Trains one model on each of many tasks, with few examples and the same recipe, and gives the mean of each group and of all:",
            "VTAB-1k (Zhai et al. 2019) as in figure 2, or folders of your own."
        })
final class StudySuiteVerb implements Callable<Integer> {
    @Mixin
    private StudyRun run;

    @Option(
            names = "--recipe",
            defaultValue = "table4-vtab",
            paramLabel = "NAME|FILE",
            description =
                    "What the trainings of all tasks have in common (${DEFAULT-VALUE}); the model to begin with is --set from=DIR.")
    private String recipe;

    @Option(
            names = "--tasks",
            defaultValue = "vtab",
            paramLabel = "FILE",
            description =
                    "The tasks: a line each, GROUP NAME: data=FOLDER; key=value; ... (${DEFAULT-VALUE}: the 19 of VTAB,"
                            + " in data/vtab/NAME)")
    private String tasks;

    @Option(
            names = "--examples",
            defaultValue = "1000",
            paramLabel = "N",
            description = "Training examples of each task; 0 for all (${DEFAULT-VALUE}).")
    private int examples;

    @Override
    public Integer call() {
        return run.of(recipe, this::train);
    }

    private List<String> train(Recipe common) throws IOException, InterruptedException {
        if (examples < 0) {
            throw new IllegalArgumentException("--examples is " + examples + "; it must be 0 or more");
        }
        List<Variation> all = Variation.read(Variation.Kind.TASK, tasks);
        List<List<Recipe>> recipes = new ArrayList<>();
        for (Variation task : all) {
            List<Recipe> ofSeeds = new ArrayList<>();
            for (Map<String, String> given : run.given(common)) {
                ofSeeds.add(task.recipe(common, given));
            }
            recipes.add(ofSeeds);
        }
        return Suite.open(all, recipes, examples, run.testExamples(), run.out()).run();
    }
}
