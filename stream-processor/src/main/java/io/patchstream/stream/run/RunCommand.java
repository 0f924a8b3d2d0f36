package io.patchstream.stream.run;

import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.page.LivePage;
import io.patchstream.stream.page.PipelineDesk;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.UiSettings;
import io.patchstream.stream.watch.StatusServer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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

    private final Function<Settings, PipelineDesk> desks;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(
            names = "--ui",
            paramLabel = "PORT",
            arity = "0..1",
            fallbackValue = "" + UiSettings.USUAL_PORT,
            description = "Serves the live page, at port 8090 or another; the same as --set ui.port=PORT.")
    private Integer uiPort;

    /** @param desks what the live page of some settings asks when somebody presses a button */
    public RunCommand(Function<Settings, PipelineDesk> desks) {
        this.desks = desks;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = settings();
        try (StopSignal signal = StopSignal.listen(STOP_PATIENCE);
                LivePage page = new LivePage();
                FrameEngine engine = Engines.openAndFollow(settings);
                StreamProcessor processor = StreamProcessor.start(settings, seen(engine, settings, page))) {
            signal.whenReceived(processor::requestStop);
            if (settings.ui().port() != 0) {
                page.serve(settings, engine, processor, desks.apply(settings));
                spec.commandLine().getOut().println("live page: " + page.address());
                spec.commandLine().getOut().flush();
            }
            int exitCode = awaitStopped(settings, processor, page) ? ExitCode.OK : ExitCode.SOFTWARE;
            signal.exitWith(exitCode);
            return exitCode;
        }
    }

    private Settings settings() {
        if (uiPort != null) {
            options.with("ui.port", uiPort.toString());
        }
        return options.load().settings();
    }

    private static FrameEngine seen(FrameEngine engine, Settings settings, LivePage page) {
        return settings.ui().port() == 0 ? engine : page.tap(engine);
    }

    /** False when it failed. */
    private static boolean awaitStopped(Settings settings, StreamProcessor processor, LivePage page)
            throws InterruptedException {
        Optional<StatusServer> status = StatusServer.start(settings, processor);
        try {
            return processor.awaitStopped().isEmpty();
        } finally {
            page.close();
            status.ifPresent(StatusServer::close);
        }
    }
}
