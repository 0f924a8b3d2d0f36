package io.patchstream.stream.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.patchstream.local.LocalKafkaException;
import io.patchstream.stream.engine.DemoModel;
import io.patchstream.stream.ingest.PublishFailedException;
import io.patchstream.stream.run.StopSignal;
import io.patchstream.stream.settings.UiSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: all of Patchstream in one process, with books kept of every frame. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Cameras, a Kafka broker, a schema registry, the stream processor and a reader in one process.",
            "Counts every frame that went in against what came out. Exit code 0: each has exactly one answer, and the"
                    + " dead letters are just the frames that the demo breaks on purpose. Stop it with Ctrl-C."
        })
public final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--cameras",
            paramLabel = "N",
            description = "How many cameras film (default: 4, or one for each --input).")
    private Integer cameras;

    @Option(names = "--seconds", paramLabel = "S", description = "How long they film (default: until Ctrl-C).")
    private Double seconds;

    @Option(
            names = "--input",
            paramLabel = "FILE|DIR|URI",
            description =
                    "What they film instead of the clips that come with Patchstream: a video, an image, a folder or zip"
                            + " of images, rtsp://..., http(s)://..., webcam:0. May be repeated. $${env:NAME} and"
                            + " $${file:PATH:KEY} within it are read from there.")
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "The model's ONNX file (default: the one that comes with Patchstream).")
    private Path model;

    @Option(names = "--no-ui", description = "No live page, and plain lines instead of a screen that is drawn anew.")
    private boolean plain;

    @Option(
            names = "--ui-port",
            paramLabel = "PORT",
            defaultValue = "" + UiSettings.USUAL_PORT,
            description = "Where the live page is served (${DEFAULT-VALUE}; another if that is taken).")
    private int uiPort;

    @Option(names = "--summary", paramLabel = "FILE.json", description = "Where the result goes as JSON.")
    private Path summary;

    @Override
    public Integer call() throws InterruptedException {
        quietLogs();
        DemoOptions options = options();
        PrintWriter out = spec.commandLine().getOut();
        boolean live = !plain && isTerminal();
        try (StopSignal signal = StopSignal.listen(Duration.ofSeconds(60))) {
            DemoRun run = new DemoRun(options, new DemoScreen(out, live), live);
            signal.whenReceived(run::stop);
            int code = 1;
            try {
                code = report(run.run(), out);
            } catch (IOException | KafkaException | LocalKafkaException | PublishFailedException e) {
                PrintWriter err = spec.commandLine().getErr();
                err.println(spec.commandLine().getColorScheme().errorText("the demo failed: " + e.getMessage()));
                err.flush();
            }
            signal.exitWith(code);
            return code;
        }
    }

    private int report(DemoSummary result, PrintWriter out) throws IOException {
        out.println();
        out.println(result.table());
        boolean balanced = result.totals().balanced();
        out.println(balanced ? "Every frame has exactly one answer." : "THE BOOKS DO NOT BALANCE: " + result.totals());
        out.flush();
        if (summary != null) {
            result.write(summary);
        }
        return balanced ? 0 : 1;
    }

    private DemoOptions options() {
        Path home = Path.of(System.getProperty("patchstream.home", "."));
        Path file = model == null ? DemoModel.locate() : model;
        if (!Files.isRegularFile(file)) {
            throw new ParameterException(spec.commandLine(), "--model: there is no file " + file);
        }
        if (summary != null
                && summary.toAbsolutePath().getParent() != null
                && !Files.isDirectory(summary.toAbsolutePath().getParent())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--summary: there is no folder " + summary.toAbsolutePath().getParent());
        }
        try {
            return new DemoOptions(
                    home,
                    Optional.ofNullable(cameras),
                    Optional.ofNullable(seconds).map(s -> Duration.ofMillis(Math.round(s * 1000))),
                    inputs,
                    file,
                    plain ? Optional.empty() : Optional.of(uiPort));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** The launcher knows whether standard output is a terminal; Java's console means standard input too. */
    private static boolean isTerminal() {
        String told = System.getProperty("patchstream.terminal");
        return told == null ? System.console() != null : Boolean.parseBoolean(told);
    }

    /** The screen tells what happens; the log tells what is wrong. A configuration of the user's own is left alone. */
    private static void quietLogs() {
        if (System.getProperty("logback.configurationFile") == null
                && LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
            logs.getLogger("io.patchstream").setLevel(Level.WARN);
            // Kafka warns of its own defaults and of each retry; what a retry does not mend is an error here too.
            logs.getLogger("org.apache.kafka").setLevel(Level.ERROR);
            // One of those retries (KIP-890: a producer's first record after CONCURRENT_TRANSACTIONS), told as an
            // error.
            logs.getLogger("kafka.server.ReplicaManager").setLevel(Level.OFF);
        }
    }
}
