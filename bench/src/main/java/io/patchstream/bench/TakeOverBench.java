package io.patchstream.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.engine.LookAheadEngine;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code bench takeover}: how much longer frames wait because another model takes over. The two models differ in a comment
 * alone, so that nothing but the change itself is measured; frames come at a steady pace, and of each moment the longest
 * wait of the frames around it counts.
 */
@Command(
        name = "takeover",
        mixinStandardHelpOptions = true,
        description = {
            "How much longer frames wait because another model is loaded, and because it takes over: the longest wait of the",
            "frames around each such moment, beside that around quiet moments of the same run. Frames come at a steady pace."
        })
final class TakeOverBench implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    /** An ONNX model's {@code doc_string}: field 6 of the message, of one byte. What follows it changes no result. */
    private static final byte[] DOC_STRING = {6 << 3 | 2, 1};

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "The model, its golden frames beside it; by default a ViT of random weights, int8.")
    private Path model;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            defaultValue = "ViT-Ti/16",
            description = "Which ViT, where no model is named (${DEFAULT-VALUE}).")
    private String variant;

    @Option(names = "--take-overs", paramLabel = "N", defaultValue = "10", description = "How many (${DEFAULT-VALUE}).")
    private int takeOvers;

    @Option(
            names = "--load",
            paramLabel = "PART",
            defaultValue = "0.5",
            description = "The frames' pace, as a part of what the engine can answer (${DEFAULT-VALUE}).")
    private double part;

    @Option(
            names = "--quiet",
            paramLabel = "S",
            defaultValue = "4",
            description = "Quiet seconds before each take-over (${DEFAULT-VALUE}).")
    private int quietSeconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures.")
    private Path json;

    /** The longest waits around the moments of one kind, in milliseconds. */
    private final Map<String, List<Double>> longest = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
        if (takeOvers < 1 || quietSeconds < 2 || !(part > 0 && part < 1)) {
            spec.commandLine()
                    .getErr()
                    .println("--take-overs must be at least 1, --quiet at least 2, --load between 0 and 1");
            return ExitCode.USAGE;
        }
        Report report = new Report("takeover", spec.commandLine().getOut());
        Path folder = Files.createTempDirectory("patchstream-takeover-");
        try {
            measure(report, folder);
        } finally {
            delete(folder);
        }
        report.write(json);
        return ExitCode.OK;
    }

    private void measure(Report report, Path folder) throws Exception {
        Path original = model != null
                ? model
                : BenchModels.ofVariant(variant, spec.commandLine().getErr()).get("int8");
        List<String> names = List.of(copy(original, folder, "a"), copy(original, folder, "b"));
        BenchModels.choose(folder, names.get(0));
        try (LookAheadEngine engine = LookAheadEngine.follow(folder, EngineSettings.defaults(), LOOK)) {
            Preprocessing input = engine.model().contract().preprocessing();
            EngineLoad load = new EngineLoad(engine, input.height(), input.width());
            load.until(System.nanoTime() + WARM_UP.toNanos());
            long start = System.nanoTime();
            double capacity = load.until(start + WARM_UP.toNanos()) * 1e9 / (System.nanoTime() - start);
            double rate = capacity * part;
            long batchesBefore = engine.statistics().batches();
            double batchSecondsBefore = engine.statistics().inference().sumSeconds();
            SteadyLoad steady = new SteadyLoad(engine, load::submit, rate);
            List<long[]> moments = new ArrayList<>();
            for (int i = 1; i <= takeOvers; i++) {
                TimeUnit.SECONDS.sleep(quietSeconds);
                moments.add(takeOver(engine, folder, names.get(i % 2)));
            }
            TimeUnit.SECONDS.sleep(1);
            List<SteadyLoad.Wait> waits = steady.stop();
            double batchMillis = (engine.statistics().inference().sumSeconds() - batchSecondsBefore)
                    * 1e3
                    / Math.max(1, engine.statistics().batches() - batchesBefore);
            for (long[] moment : moments) {
                add("quiet", waits, moment[0] - TimeUnit.SECONDS.toNanos(1));
                add("while it is loaded", waits, (moment[1] + moment[2]) / 2);
                add("as it takes over", waits, moment[2]);
            }
            say(report, capacity, rate, waits.size(), batchMillis);
        }
    }

    /** When another model was chosen, when its loading began at the earliest, and when it had taken over. */
    private static long[] takeOver(FrameEngine engine, Path folder, String name)
            throws IOException, InterruptedException {
        long before = engine.statistics().modelsTaken();
        long asked = System.nanoTime();
        BenchModels.choose(folder, name);
        while (engine.statistics().modelsTaken() == before) {
            if (System.nanoTime() - asked > PATIENCE.toNanos()) {
                throw new IllegalStateException("no model has taken over within " + PATIENCE);
            }
            TimeUnit.MICROSECONDS.sleep(200);
        }
        // Two looks find the same before it is loaded.
        return new long[] {asked, asked + LOOK.toNanos() * 3 / 2, System.nanoTime()};
    }

    private void add(String kind, List<SteadyLoad.Wait> waits, long moment) {
        longest.computeIfAbsent(kind, k -> new ArrayList<>()).add(SteadyLoad.longestAround(waits, moment));
    }

    private void say(Report report, double capacity, double rate, int frames, double batchMillis) {
        report.say(
                "%d frames at %.1f a second, %.0f %% of %.1f; a batch takes %.1f ms; %d take-overs",
                frames, rate, 100 * part, capacity, batchMillis, takeOvers);
        report.say("%-22s %26s", "longest wait, ms", "median of moments   the worst");
        Map<String, Object> rows = new LinkedHashMap<>();
        longest.forEach((kind, millis) -> {
            double worst =
                    millis.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
            report.say("%-22s %17.1f %11.1f", kind, Rounds.median(millis), worst);
            rows.put(kind, Map.of("median_ms", Rounds.median(millis), "worst_ms", worst, "all_ms", millis));
        });
        double quiet = Rounds.median(longest.get("quiet"));
        double loading = Rounds.median(longest.get("while it is loaded")) - quiet;
        double taking = Rounds.median(longest.get("as it takes over")) - quiet;
        report.say(
                "more than in quiet: %.1f ms while it is loaded, %.1f ms as it takes over: %.1f batches",
                loading, taking, taking / batchMillis);
        report.put("frames", frames);
        report.put("frames_per_second", rate);
        report.put("capacity_per_second", capacity);
        report.put("batch_ms", batchMillis);
        report.put("longest_wait", rows);
        report.put("more_while_loaded_ms", loading);
        report.put("more_as_it_takes_over_ms", taking);
        report.put("more_as_it_takes_over_batches", taking / batchMillis);
    }

    /** A model that computes the same and has another hash. */
    private static String copy(Path original, Path folder, String comment) throws IOException {
        Path copy = folder.resolve(comment + ".onnx");
        BenchModels.put(original, copy);
        Files.write(copy, DOC_STRING, StandardOpenOption.APPEND);
        Files.write(copy, comment.getBytes(UTF_8), StandardOpenOption.APPEND);
        return copy.getFileName().toString();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
