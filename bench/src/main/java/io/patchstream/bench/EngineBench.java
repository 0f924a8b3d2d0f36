package io.patchstream.bench;

import ai.onnxruntime.OrtException;
import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.engine.LookAheadEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench engine}: raw ONNX Runtime in this process, and beside it the engine that frames go through. */
@Command(
        name = "engine",
        mixinStandardHelpOptions = true,
        description = {
            "Raw ONNX Runtime in this process, by batch size, callers and threads; and beside it the engine of the",
            "stream processor on JPEGs of the model's size, as a ratio to the best that was raw. And what it costs to copy",
            "a decoded picture into its batch, which is done in batches of more than one."
        })
final class EngineBench implements Callable<Integer> {
    private static final String ENGINE = "engine, JPEGs of the model's size";
    private static final String GATHER = "copy of a picture to its batch";
    private static final Duration WARM_UP = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description =
                    "A model to measure; several are compared. By default a ViT of random weights, fp32 and int8.")
    private List<Path> models = new ArrayList<>();

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            defaultValue = "ViT-Ti/16",
            description = "Which ViT, where no model is named (${DEFAULT-VALUE}).")
    private String variant;

    @Mixin
    private DeviceOption device;

    @Option(
            names = "--batches",
            paramLabel = "B",
            split = ",",
            defaultValue = "1,2,4,8,16",
            description = "Batch sizes (${DEFAULT-VALUE}).")
    private List<Integer> batches;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--millis",
            paramLabel = "MS",
            defaultValue = "700",
            description = "Milliseconds of each measurement of a round (${DEFAULT-VALUE}).")
    private int millis;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures.")
    private Path json;

    @Override
    public Integer call() throws Exception {
        Report report = new Report("engine", spec.commandLine().getOut());
        Map<String, Path> measured = new LinkedHashMap<>();
        models.forEach(model -> measured.put(model.getFileName().toString(), model));
        if (measured.isEmpty()) {
            measured.putAll(BenchModels.ofVariant(variant, spec.commandLine().getErr()));
        }
        Map<String, Object> ratios = new TreeMap<>();
        for (Map.Entry<String, Path> model : measured.entrySet()) {
            ratios.put(model.getKey(), measure(report, model.getKey(), model.getValue()));
        }
        report.put("efficiency", ratios);
        report.write(json);
        return 0;
    }

    /** The engine's frames per second over what is raw, by the clock and in CPU time. */
    private Map<String, Double> measure(Report report, String name, Path model) throws Exception {
        boolean gpu = device.onGpu();
        int cores = gpu ? DeviceOption.CALLERS_ON_GPU : Runtime.getRuntime().availableProcessors();
        Rounds raw = new Rounds(rounds, Duration.ofMillis(millis));
        ExecutorService callers = Executors.newFixedThreadPool(cores);
        try (RawSession single = new RawSession(model, gpu, 1);
                RawSession parallel = new RawSession(model, gpu, cores);
                LookAheadEngine engine = LookAheadEngine.open(
                        model, EngineSettings.defaults().on(device.provider()).withGoldenRequired(false));
                GatherCost gather = new GatherCost(single.height() * single.width() * 3)) {
            for (int batch : batches) {
                raw.add("1 caller x 1 thread, batch " + batch, deadline -> single.run(batch, deadline));
            }
            if (cores > 1) {
                for (int batch : batches) {
                    raw.add(
                            cores + " callers x 1 thread, batch " + batch,
                            deadline -> together(callers, cores, single, batch, deadline));
                }
            }
            if (cores > 1 && !gpu) {
                for (int batch : batches) {
                    raw.add("1 caller x " + cores + " threads, batch " + batch, d -> parallel.run(batch, d));
                }
            }
            EngineLoad load = new EngineLoad(engine, single.height(), single.width());
            // The JIT compiler's own time is not the engine's: it has compiled what is hot before the rounds begin.
            load.until(System.nanoTime() + WARM_UP.toNanos());
            raw.add(ENGINE, load::until);
            raw.add(GATHER, gather::until);
            Map<String, Rounds.Series> series = raw.run();
            report.table(name, series);
            return efficiency(report, name, series, cores > 1 ? cores + " callers" : "1 caller");
        } finally {
            callers.shutdownNow();
        }
    }

    /** Compared with raw callers of the same number, at their best batch size. */
    private static Map<String, Double> efficiency(
            Report report, String name, Map<String, Rounds.Series> series, String callers) {
        Rounds.Series engine = series.get(ENGINE);
        double rawRate = 0;
        double rawCpu = Double.MAX_VALUE;
        for (Map.Entry<String, Rounds.Series> entry : series.entrySet()) {
            if (entry.getKey().startsWith(callers)) {
                rawRate = Math.max(rawRate, entry.getValue().perSecond());
                rawCpu = Math.min(rawCpu, entry.getValue().cpuMillis());
            }
        }
        Map<String, Double> ratios = new LinkedHashMap<>();
        ratios.put("by_clock", engine.perSecond() / rawRate);
        ratios.put("by_cpu_time", rawCpu / engine.cpuMillis());
        double copyMicros = 1000 * series.get(GATHER).cpuMillis();
        ratios.put("copy_cpu_us_per_picture", copyMicros);
        ratios.put("copy_share_of_cpu_time", copyMicros / (copyMicros + 1000 * engine.cpuMillis()));
        report.say(
                "%s: a copy to the batch takes %.1f CPU-us a picture, %.3f %% of a frame's CPU time in the engine",
                name, copyMicros, 100 * ratios.get("copy_share_of_cpu_time"));
        report.say(
                "%s: engine over the best of %s: %.3f by the clock, %.3f by CPU time%n",
                name, callers, ratios.get("by_clock"), ratios.get("by_cpu_time"));
        return ratios;
    }

    private static long together(ExecutorService callers, int count, RawSession session, int batch, long deadline)
            throws Exception {
        List<Future<Long>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            running.add(callers.submit(() -> run(session, batch, deadline)));
        }
        long images = 0;
        for (Future<Long> caller : running) {
            images += caller.get();
        }
        return images;
    }

    private static long run(RawSession session, int batch, long deadline) throws OrtException {
        return session.run(batch, deadline);
    }
}
