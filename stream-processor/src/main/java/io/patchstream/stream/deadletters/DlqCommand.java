package io.patchstream.stream.deadletters;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dlq}: dead letters. */
@Command(
        name = "dlq",
        mixinStandardHelpOptions = true,
        description = "Dead letters: frames that could not be answered, bytes untouched, the reason in headers.",
        subcommands = {DlqListCommand.class, DlqShowCommand.class, DlqReplayCommand.class})
public final class DlqCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "dlq needs to be told what to do: list, show or replay");
    }
}
