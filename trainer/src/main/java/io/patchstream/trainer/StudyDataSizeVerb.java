package io.patchstream.trainer;

import io.patchstream.trainer.study.Figure;
import io.patchstream.trainer.study.Study.Plan;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code study data-size}: accuracy over the number of examples. */
@Command(
        name = "data-size",
        mixinStandardHelpOptions = true,
        description = {
            "Trains each contender on nested, stratified parts of the training examples, in the recipe's steps, and says",
            "who is ahead with how many (figures 3 and 4)."
        })
final class StudyDataSizeVerb implements Callable<Integer> {
    @Mixin
    private StudyOptions options;

    @ArgGroup
    private Sizes sizes = new Sizes();

    /** One or the other. */
    static final class Sizes {
        @Option(
                names = "--fractions",
                split = ",",
                paramLabel = "SHARE",
                description = "Shares of the training examples (0.01,0.03,0.1,0.3,1).")
        private List<Double> fractions = List.of(0.01, 0.03, 0.1, 0.3, 1.0);

        @Option(names = "--examples", split = ",", paramLabel = "N", description = "Numbers of examples instead.")
        private List<Integer> examples = List.of();

        TreeSet<Integer> of(int training) {
            TreeSet<Integer> counts = new TreeSet<>(examples);
            if (counts.isEmpty()) {
                for (double fraction : fractions) {
                    if (!(fraction > 0 && fraction <= 1)) {
                        throw new IllegalArgumentException(
                                "--fractions has " + fraction + "; it must be over 0, at most 1");
                    }
                    counts.add((int) Math.round(fraction * training));
                }
            }
            return counts;
        }
    }

    @Override
    public Integer call() {
        return options.run(
                Figure.DATA_SIZE,
                (contender, recipe, training) -> {
                    if (recipe.steps() == 0) {
                        throw new IllegalArgumentException(
                                contender.name() + " has no steps: all sizes are trained alike, by --set steps=N");
                    }
                    return sizes.of(training).stream()
                            .map(examples -> new Plan(contender, recipe, examples))
                            .toList();
                },
                Plan::examples);
    }
}
