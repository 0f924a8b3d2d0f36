package io.patchstream.trainer;

import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.study.Figure;
import io.patchstream.trainer.study.Study.Plan;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code study scaling}: accuracy over compute. */
@Command(
        name = "scaling",
        mixinStandardHelpOptions = true,
        description = {
            "Trains each contender for each number of steps, and says which family is ahead with how much compute, counted",
            "in floating-point operations of training (figure 5)."
        })
final class StudyScalingVerb implements Callable<Integer> {
    @Mixin
    private StudyOptions options;

    @Option(
            names = "--steps",
            split = ",",
            defaultValue = "100,200,400",
            paramLabel = "N",
            description = "Steps of the trainings (${DEFAULT-VALUE}).")
    private List<Integer> steps;

    @Option(
            names = "--examples",
            defaultValue = "0",
            paramLabel = "N",
            description = "Training examples; 0 for all (${DEFAULT-VALUE}).")
    private int examples;

    @Override
    public Integer call() {
        return options.run(
                Figure.SCALING,
                (contender, recipe, training) -> {
                    if (steps.stream().anyMatch(count -> count < 1)) {
                        throw new IllegalArgumentException("--steps has " + steps + "; they must be 1 or more");
                    }
                    return steps.stream()
                            .distinct()
                            .map(count -> RecipeReader.with(recipe, Map.of("steps", Integer.toString(count))))
                            .map(some -> new Plan(contender, some, examples == 0 ? training : examples))
                            .toList();
                },
                plan -> Math.toIntExact(plan.recipe().steps()));
    }
}
