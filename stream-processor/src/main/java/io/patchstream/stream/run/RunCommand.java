package io.patchstream.stream.run;

import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.watch.StatusServer;
import java.time.Duration;
import java.util.Optional;
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
            int exitCode = awaitStopped(settings, processor) ? ExitCode.OK : ExitCode.SOFTWARE;
            signal.exitWith(exitCode);
            return exitCode;
        }
    }

    /** False when it failed. */
    private static boolean awaitStopped(Settings settings, StreamProcessor processor) throws InterruptedException {
        Optional<StatusServer> status = StatusServer.start(settings, processor);
        try {
            return processor.awaitStopped().isEmpty();
        } finally {
            status.ifPresent(StatusServer::close);
        }
    }
}
