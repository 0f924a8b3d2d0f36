package io.patchstream.bench.documents;

import io.patchstream.bench.documents.Page.Span;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.trainer.recipe.RecipeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/** Commands of a page: {@code ./patchstream} must take each of them, with the settings that it gives. */
final class CommandCheck {
    private final Verbs verbs = new Verbs();
    private final SettingsCheck settings = new SettingsCheck();

    List<String> problems(Page page) {
        List<String> problems = new ArrayList<>();
        page.code()
                .filter(span -> span.text().contains("./patchstream "))
                .forEach(span -> problems(span)
                        .forEach(problem -> problems.add(page.at(span) + " '" + span.text() + "': " + problem)));
        return problems;
    }

    private Set<String> problems(Span span) {
        Set<String> problems = new LinkedHashSet<>();
        for (String line : new Synopsis(span.text()).lines()) {
            ShellCommand command = ShellCommand.of(line);
            problems.addAll(settings.environment(command.environment()));
            command.argumentsOf("./patchstream")
                    .ifPresentOrElse(
                            arguments -> problems.addAll(problems(arguments)),
                            () -> problems.add("this is no command of the launcher"));
        }
        return problems;
    }

    private List<String> problems(List<String> arguments) {
        try {
            Map<String, String> given = new LinkedHashMap<>(verbs.parse(arguments));
            given.remove("key", "value"); // a placeholder
            return verbs.isRecipeVerb(arguments) ? settings.recipe(given) : settings.settings(given);
        } catch (CommandLine.ParameterException | SettingsException | RecipeException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }
}
