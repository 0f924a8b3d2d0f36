package io.patchstream.stream.examples;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code data}, what of it reads topics; the trainer has the rest. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = "Examples to train on, from the topics.",
        subcommands = {FromTopicCommand.class, FetchCommand.class, CorrectCommand.class, UncertainCommand.class})
public final class DataCommand implements Runnable {
    /** Where corrections are unless said otherwise. */
    static final String CORRECTIONS = "patchstream.corrections";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "data needs to be told what to do: from-topic, fetch, correct or uncertain");
    }
}
