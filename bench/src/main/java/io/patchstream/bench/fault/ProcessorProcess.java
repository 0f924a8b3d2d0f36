package io.patchstream.bench.fault;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.run.StopSignal;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A processor in a process of its own, as {@code run} makes it but that its engine and its producers take orders, one a line
 * of standard input: {@code slow MILLIS}, {@code fail}, {@code recover}, {@code halt POINT}. It ends with its input.
 */
@Command(name = "processor")
final class ProcessorProcess implements Callable<Integer> {
    /** What it logs when partitions are assigned. */
    static final String READY = "processor is ready";

    private static final Logger LOG = LoggerFactory.getLogger(ProcessorProcess.class);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    @Mixin
    private SettingsOptions options;

    @Option(names = "--engine", defaultValue = "FAKE")
    private EngineKind kind;

    @Option(names = "--buffering")
    private boolean buffering;

    private ProcessorProcess() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new ProcessorProcess()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = options.load().settings();
        return buffering ? runBuffering(settings) : run(settings);
    }

    private int run(Settings settings) throws Exception {
        try (StopSignal signal = StopSignal.listen(STOP_PATIENCE);
                FrameEngine answering = engine(settings);
                FaultyEngine engine = new FaultyEngine(answering);
                StreamProcessor processor = StreamProcessor.start(settings, engine)) {
            inBackground("orders", () -> obey(engine));
            signal.whenReceived(processor::requestStop);
            inBackground("herald", () -> announce(processor));
            int exitCode = processor.awaitStopped().isPresent() ? 1 : 0;
            signal.exitWith(exitCode);
            return exitCode;
        }
    }

    @MustBeClosed
    private FrameEngine engine(Settings settings) throws IOException {
        if (kind == EngineKind.FAKE) {
            return new HashEngine();
        }
        return Engines.open(settings);
    }

    private static void announce(StreamProcessor processor) {
        try {
            processor.awaitRunning(Duration.ofMinutes(5));
            LOG.info(READY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("never ready", e);
        }
    }

    private static int runBuffering(Settings settings) throws Exception {
        CountDownLatch stop = new CountDownLatch(1);
        try (StopSignal signal = StopSignal.listen(STOP_PATIENCE);
                FaultyEngine engine = new FaultyEngine(new HashEngine());
                KafkaStreams streams = BufferingClassifier.streams(settings)) {
            streams.setStateListener((now, before) -> {
                if (now == KafkaStreams.State.RUNNING) {
                    LOG.info(READY);
                } else if (now == KafkaStreams.State.ERROR) {
                    stop.countDown();
                }
            });
            streams.start();
            inBackground("orders", () -> obey(engine));
            signal.whenReceived(stop::countDown);
            stop.await();
            signal.exitWith(0);
            return 0;
        }
    }

    private static void inBackground(String role, Runnable task) {
        Thread thread = new Thread(task, role);
        thread.setDaemon(true);
        thread.start();
    }

    private static void obey(FaultyEngine engine) {
        try (BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                LOG.info("order: {}", order);
                String[] words = order.split(" ");
                switch (words[0]) {
                    case "slow" -> engine.slow(Duration.ofMillis(Long.parseLong(words[1])));
                    case "fail" -> engine.fail();
                    case "recover" -> {
                        engine.recover();
                        HaltPoint.disarm();
                    }
                    case "halt" -> HaltPoint.valueOf(words[1]).arm();
                    default -> throw new IllegalArgumentException("no such order: " + order);
                }
            }
        } catch (IOException e) {
            LOG.warn("orders end", e);
        }
        // Whoever gave the orders is gone, and nobody will stop us.
        Runtime.getRuntime().halt(1);
    }
}
