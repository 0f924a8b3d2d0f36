package io.patchstream.stream.run;

import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.settings.Settings;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code run}: the stream processor, on any Kafka, until it is stopped. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Reads frames from Kafka, labels them, publishes labels, embeddings and dead letters, exactly once.",
            "Runs until SIGTERM or Ctrl-C, and then stops within ten seconds with everything committed."
        })
public final class RunCommand implements Callable<Integer> {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private SettingsOptions options;

    @Override
    public Integer call() throws Exception {
        Settings settings = options.load().settings();
        try (StopSignal signal = StopSignal.listen(STOP_PATIENCE);
                FrameEngine engine = Engines.openAndFollow(settings);
                StreamProcessor processor = StreamProcessor.start(settings, engine)) {
            signal.whenReceived(processor::requestStop);
            int exitCode = processor.awaitStopped().isPresent() ? ExitCode.SOFTWARE : ExitCode.OK;
            signal.exitWith(exitCode);
            return exitCode;
        }
    }
}
