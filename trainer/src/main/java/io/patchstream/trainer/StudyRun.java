package io.patchstream.trainer;

import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.LibTorch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every study is told, and how it ends. */
final class StudyRun {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Overrides a setting of the recipe, and of everything that is compared.")
    private Map<String, String> settings = new TreeMap<>();

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

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where cells and figures go.")
    private Path out;

    /** Trains, and gives what is to be printed. */
    interface Body {
        List<String> run(Recipe common) throws IOException, InterruptedException;
    }

    /**
     * Runs a study until it ends or is stopped.
     *
     * @param recipe what all trainings have in common: a name or a file
     * @return the exit code
     */
    int of(String recipe, Body body) {
        return OrderlyStop.during(spec, () -> {
            if (seeds < 1 || testExamples < 0) {
                throw new IllegalArgumentException("--seeds " + seeds + " --test-examples " + testExamples
                        + "; they must be 1 or more, and 0 or more");
            }
            Recipe common = RecipeReader.read(recipe, settings);
            LibTorch.setUp(common.threads());
            body.run(common).forEach(spec.commandLine().getOut()::println);
            return 0;
        });
    }

    /** The settings that go before all others, for each of the seeds. */
    List<Map<String, String>> given(Recipe common) {
        return IntStream.range(0, seeds)
                .mapToObj(seed -> {
                    Map<String, String> given = new TreeMap<>(settings);
                    given.put("seed", Long.toString(common.seed() + seed));
                    return given;
                })
                .toList();
    }

    int testExamples() {
        return testExamples;
    }

    Path out() {
        return out;
    }
}
