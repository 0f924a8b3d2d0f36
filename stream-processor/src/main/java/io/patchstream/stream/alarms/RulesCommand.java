package io.patchstream.stream.alarms;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rules}: rules on labels and their alarms. */
@Command(
        name = "rules",
        mixinStandardHelpOptions = true,
        description = "Rules on labels (rules.file): checked, their alarms listed, or told to a webhook.",
        subcommands = {RulesCheckCommand.class, RulesListCommand.class, RulesWebhookCommand.class})
public final class RulesCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "rules needs to be told what to do: check, list or webhook");
    }
}
