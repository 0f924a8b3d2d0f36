package io.patchstream.bench;

import io.patchstream.bench.batching.BatchingBench;
import io.patchstream.bench.fault.FaultCommand;
import io.patchstream.bench.fault.SoakCommand;
import io.patchstream.bench.speed.SpeedBench;
import io.patchstream.bench.training.TrainBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The way in from a shell: {@code ./patchstream bench}. Exit codes: 0 done, 1 failed, 2 misused. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures ratios in one run; counts every frame under faults.",
        subcommands = {
            EngineBench.class,
            DecodeBench.class,
            PipelineBench.class,
            BatchingBench.class,
            TrainBench.class,
            SpeedBench.class,
            FaultCommand.class,
            SoakCommand.class,
            FuzzCommand.class,
            TakeOverBench.class,
            IdleBench.class
        })
public final class Main {
    private static final String LOGBACK = "logback.configurationFile";

    private Main() {}

    public static void main(String[] args) {
        // The modules under measurement bring a logback.xml each; one name of our own keeps the choice from chance.
        if (System.getProperty(LOGBACK) == null) {
            System.setProperty(LOGBACK, "logback-bench.xml");
        }
        System.exit(commandLine().execute(args));
    }

    /** The verbs, ready to execute. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    }
}
