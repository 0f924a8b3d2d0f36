package io.patchstream.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The way in from a shell: {@code ./patchstream bench}. Exit codes: 0 done, 1 failed, 2 misused. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures ratios in one run.",
        subcommands = {EngineBench.class, DecodeBench.class, PipelineBench.class})
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}
