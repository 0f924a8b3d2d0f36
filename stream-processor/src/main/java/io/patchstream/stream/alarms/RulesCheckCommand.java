package io.patchstream.stream.alarms;

import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.LabelRule;
import io.patchstream.stream.settings.ModelSettings;
import io.patchstream.stream.settings.RulesFile;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rules check}: all that is wrong with a file of rules, before anything runs. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Tells all that is wrong with a file of rules, or what its rules say. Where the settings name a model (--model),",
            "labels that it does not know are wrong too. Exit code 2: something is wrong."
        })
final class RulesCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Parameters(paramLabel = "FILE", description = "The file of rules, as rules.file names it.")
    private Path file;

    @Override
    public Integer call() throws IOException {
        // Not the one that they name: it may be wrong as well.
        Settings settings = options.with("rules.file", "").load().settings();
        RulesFile rules = new RulesFile(file.toString());
        PrintWriter out = spec.commandLine().getOut();
        if (hasModel(settings.model())) {
            try (FrameEngine engine = Engines.open(settings)) {
                print(rules.rules(engine.model().contract().labels()), out);
                out.println("the model " + engine.model().contract().name() + " knows all their labels");
            }
        } else {
            print(rules.rules(), out);
            out.println("whether a model knows their labels was not looked at: name one with --model");
        }
        out.flush();
        return ExitCode.OK;
    }

    private static boolean hasModel(ModelSettings model) {
        return !model.file().toString().isEmpty()
                || !model.folder().toString().isEmpty()
                || !model.topic().isEmpty();
    }

    private static void print(List<LabelRule> rules, PrintWriter out) {
        for (LabelRule rule : rules) {
            out.println(rule.name() + ": " + rule.says());
        }
    }
}
