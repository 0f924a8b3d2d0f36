package io.patchstream.stream.operate;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code models}: which model is served, by the models topic, and who signs it. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description =
                "Which model processors serve that follow the models topic (model.topic): said, or asked; and signatures.",
        subcommands = {ModelsPublishCommand.class, ModelsListCommand.class, ModelsSignCommand.class})
public final class ModelsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "models needs to be told what to do: publish, list or sign");
    }
}
