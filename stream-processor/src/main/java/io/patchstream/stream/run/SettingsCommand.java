package io.patchstream.stream.run;

import io.patchstream.stream.settings.SettingsReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code settings}: what is in force and where it comes from. */
@Command(
        name = "settings",
        mixinStandardHelpOptions = true,
        description = "Prints every setting in force and where it comes from; secrets are masked.")
public final class SettingsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(names = "--markdown", description = "Print the page docs/settings.md instead.")
    private boolean markdown;

    @Override
    public void run() {
        spec.commandLine()
                .getOut()
                .print(
                        markdown
                                ? SettingsReference.ofRecords().toMarkdown()
                                : options.load().toProperties());
        spec.commandLine().getOut().flush();
    }
}
