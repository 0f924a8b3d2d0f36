package io.patchstream.bench;

import io.patchstream.local.LocalKafka;
import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.engine.LookAheadEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench pipeline}: from frames that wait in Kafka to answers in Kafka, over the raw engine in the same run. */
@Command(
        name = "pipeline",
        mixinStandardHelpOptions = true,
        description = {
            "Frames that wait in Kafka to answers committed in Kafka, as a ratio to raw ONNX Runtime in the same",
            "process: efficiency. Broker, registry, decoding, exactly-once and all share the cores with the engine.",
            "CPU time is told by what threads do, in the rounds of the pipeline alone: where others use the cores too, that",
            "is to be trusted, and what the clock says is not."
        })
final class PipelineBench implements Callable<Integer> {
    private static final double FRAMES_PER_ROUND_SECONDS = 15;
    private static final int WARM_UP_ROUNDS = 2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "FILE", description = "The model. By default a ViT of random weights.")
    private Path model;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            defaultValue = "ViT-Ti/16",
            description = "Which ViT, where no model is named (${DEFAULT-VALUE}).")
    private String variant;

    @Option(
            names = "--precision",
            paramLabel = "P",
            defaultValue = "fp32",
            description = "fp32 or int8, where no model is named (${DEFAULT-VALUE}).")
    private String precision;

    @Option(names = "--frames", paramLabel = "N", description = "Frames a round; by default what takes 15 seconds.")
    private int frames;

    @Option(
            names = "--partitions",
            paramLabel = "P",
            defaultValue = "8",
            description = "Partitions and cameras (${DEFAULT-VALUE}).")
    private int partitions;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures.")
    private Path json;

    @Override
    public Integer call() throws Exception {
        Report report = new Report("pipeline", spec.commandLine().getOut());
        Path measured = model != null
                ? model
                : BenchModels.ofVariant(variant, spec.commandLine().getErr()).get(precision);
        try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults().withCloseAtExit(false));
                RawYardstick raw = RawYardstick.chosenFor(measured);
                LookAheadEngine engine =
                        LookAheadEngine.open(measured, EngineSettings.defaults().withGoldenRequired(false))) {
            report.say("%s; raw engine at its best with %s", measured.getFileName(), raw.description());
            int count = frames > 0 ? frames : (int) (raw.perSecond() * FRAMES_PER_ROUND_SECONDS);
            PipelineLoad load = new PipelineLoad(kafka, engine, raw.height(), raw.width(), partitions, count);
            load.fill();
            measure(report, raw, load);
        }
        report.write(json);
        return 0;
    }

    /** raw, pipeline, raw, pipeline, …, raw: each round of the pipeline is held against the raw ones on both its sides. */
    private void measure(Report report, RawYardstick raw, PipelineLoad load) throws Exception {
        Duration rawEach = Duration.ofSeconds(4);
        // The JIT compiler is at work for the first minute, on the same cores.
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            load.round();
        }
        List<Rounds.Sample> pipeline = new ArrayList<>();
        List<Rounds.Sample> engine = new ArrayList<>(List.of(raw.sample(rawEach)));
        List<Double> efficiencies = new ArrayList<>();
        List<PipelineLoad.Through> passes = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            PipelineLoad.Through pass = load.round();
            Rounds.Sample through = pass.sample();
            Rounds.Sample before = engine.get(engine.size() - 1);
            Rounds.Sample after = raw.sample(rawEach);
            engine.add(after);
            pipeline.add(through);
            passes.add(pass);
            double beside = (before.perSecond() + after.perSecond()) / 2;
            efficiencies.add(through.perSecond() / beside);
            report.say(
                    "round %d: pipeline %.1f frames/s, raw engine %.1f and %.1f images/s, efficiency %.3f, %.2f CPU-ms a frame outside it",
                    round,
                    through.perSecond(),
                    before.perSecond(),
                    after.perSecond(),
                    through.perSecond() / beside,
                    pass.outside());
        }
        report.table(
                "rounds", Map.of("pipeline", new Rounds.Series(pipeline), "raw engine", new Rounds.Series(engine)));
        double efficiency = Rounds.median(efficiencies);
        double outside = median(passes, PipelineLoad.Through::outside);
        double share = median(
                passes,
                pass -> pass.of(ThreadCpu.Role.INFER)
                        / pass.millisPerFrame().values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum());
        report.put("efficiency", efficiency);
        report.put("share_of_cpu_time_in_the_engine", share);
        report.put("cpu_ms_per_frame_outside_the_engine", outside);
        Map<String, Double> byRole = new TreeMap<>();
        for (ThreadCpu.Role role : ThreadCpu.Role.values()) {
            byRole.put(role.name().toLowerCase(Locale.ROOT), median(passes, pass -> pass.of(role)));
        }
        report.put("cpu_ms_per_frame", byRole);
        report.say(
                "CPU-ms a frame: %s",
                byRole.entrySet().stream()
                        .map(role -> String.format(Locale.ROOT, "%s %.2f", role.getKey(), role.getValue()))
                        .collect(Collectors.joining(", ")));
        report.put("frames_per_round", load.frames());
        report.put("raw_engine", raw.description());
        report.put("batch_mean", load.batchMean());
        report.say(
                "efficiency %.3f by the clock, %.3f of all CPU time in the engine (medians of %d rounds), %.2f CPU-ms a frame outside it and decoding, %.1f pictures a batch",
                efficiency, share, rounds, outside, load.batchMean());
    }

    private static double median(List<PipelineLoad.Through> passes, ToDoubleFunction<PipelineLoad.Through> value) {
        return Rounds.median(passes.stream().mapToDouble(value).boxed().toList());
    }
}
