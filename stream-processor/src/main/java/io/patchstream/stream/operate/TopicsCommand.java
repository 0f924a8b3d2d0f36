package io.patchstream.stream.operate;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code topics}: what the settings need of Kafka. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        description = "The topics that the settings need: made, held against the plan, or described.",
        subcommands = {TopicsCreateCommand.class, TopicsCheckCommand.class, TopicsDescribeCommand.class})
public final class TopicsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "topics needs to be told what to do: create, check or describe");
    }
}
