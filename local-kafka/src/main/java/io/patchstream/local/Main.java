package io.patchstream.local;

import picocli.CommandLine;

/** The way in from a shell. Exit codes: 1 failed, 2 misused; a signal ends it with the shell's own code for signals. */
public final class Main {

    private static final int FAILED = 1;

    private Main() {}

    public static void main(String[] args) {
        // Before the first logger exists. Not logback.xml: that name would speak for every module that has this one.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-local.xml");
        }
        System.exit(commandLine().execute(args));
    }

    /** A broker or registry that cannot start is told in one sentence; a stack trace is for what nobody expected. */
    public static CommandLine commandLine() {
        return new CommandLine(new LocalCommand()).setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof LocalKafkaException) {
                command.getErr().println(command.getColorScheme().errorText(failure.getMessage()));
                return FAILED;
            }
            throw failure;
        });
    }
}
