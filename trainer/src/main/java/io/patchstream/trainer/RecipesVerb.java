package io.patchstream.trainer;

import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recipes}: what {@code train} can be told. */
@Command(
        name = "recipes",
        mixinStandardHelpOptions = true,
        description = "Lists the built-in recipes: where each comes from, what it costs, the score to expect.")
final class RecipesVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--keys", description = "Lists every setting of a recipe with its default instead.")
    private boolean keys;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (keys) {
            RecipeReader.describeKeys().forEach(out::println);
        } else {
            for (String name : RecipeReader.builtIn()) {
                Recipe recipe = RecipeReader.read(name, Map.of());
                out.println(name);
                out.println("  paper    " + recipe.paper());
                out.println("  command  " + recipe.command());
                out.println("  cost     " + recipe.cost());
                out.println("  score    " + recipe.score());
            }
        }
        out.flush();
        return 0;
    }
}
