package io.patchstream.bench;

import io.patchstream.local.LocalKafka;
import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.engine.LookAheadEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench pipeline}: from frames that wait in Kafka to answers in Kafka, over the raw engine in the same run. */
@Command(
        name = "pipeline",
        mixinStandardHelpOptions = true,
        description = {
            "Frames that wait in Kafka to answers committed in Kafka, as a ratio to raw ONNX Runtime in the same",
            "process: efficiency. Broker, registry, decoding, exactly-once and all share the cores with the engine.",
            "CPU time is told by what threads do, in the rounds of the pipeline alone: where others use the cores too, that",
            "is to be trusted, and what the clock says is not. Before anything is measured, rounds run until the JIT",
            "compiler has settled, or the output says that it has not. A round is measured in its middle, while it is steady;",
            "by the clock also from start to end, which has the half seconds in it in which it begins and waits for its last commit. Frames have the model's size; with --picture they",
            "have another, and the ratio is to the bound that decoding and the raw engine together make. With --paced there is no model: what lies beside",
            "it, at a rate of frames that does not depend on the machine."
        })
final class PipelineBench implements Callable<Integer> {
    private static final double FRAMES_PER_ROUND_SECONDS = 15;
    private static final int STAND_IN_DIM = 384;
    private static final int STAND_IN_SIDE = 224;

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

    @Mixin
    private DeviceOption device;

    @Option(
            names = "--picture",
            paramLabel = "WxH",
            description = "Size of the frames' JPEGs, such as 1920x1080; the model's own when not given.")
    private String picture;

    @Option(names = "--frames", paramLabel = "N", description = "Frames a round; by default what takes 15 seconds.")
    private int frames;

    @Option(
            names = "--partitions",
            paramLabel = "P",
            defaultValue = "8",
            description = "Partitions and cameras (${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--paced",
            paramLabel = "F",
            description = "In place of the model, a stand-in that answers F frames a second and takes no CPU time.")
    private double paced;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "A setting of the processor, such as commit.interval=1s. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--vary",
            paramLabel = "key=a,b",
            description = "With --paced: values of a setting, measured in turn in one run.")
    private String vary;

    @Option(
            names = "--traced",
            description = "With --paced: without and with spans of each frame, which a collector of the bench's takes.")
    private boolean traced;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures.")
    private Path json;

    @Override
    public Integer call() throws Exception {
        Report report = new Report("pipeline", spec.commandLine().getOut());
        if (vary != null && paced <= 0) {
            throw new ParameterException(spec.commandLine(), "--vary goes with --paced, such as --paced 15");
        }
        if (traced && (paced <= 0 || vary != null)) {
            throw new ParameterException(spec.commandLine(), "--traced goes with --paced, and without --vary");
        }
        if (traced) {
            try (SpanSink sink = SpanSink.start()) {
                Map<String, String> withSpans = Map.of("trace.endpoint", sink.address());
                Map<String, Map<String, String>> variants = new LinkedHashMap<>();
                variants.put("without spans", Map.of());
                variants.put("with spans", withSpans);
                besideTheModel(report, variants, withSpans);
                report.put("bytes_of_spans", sink.bytes());
            }
        } else if (paced > 0) {
            besideTheModel(report, variants(), Map.of());
        } else {
            withTheModel(report);
        }
        report.write(json);
        return 0;
    }

    private void withTheModel(Report report) throws Exception {
        Path measured = model != null
                ? model
                : BenchModels.ofVariant(variant, spec.commandLine().getErr()).get(precision);
        WarmUp warmUp = new WarmUp(report);
        try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults().withCloseAtExit(false));
                RawYardstick raw = RawYardstick.chosenFor(measured, device.onGpu());
                LookAheadEngine engine = LookAheadEngine.open(
                        measured,
                        EngineSettings.defaults().on(device.provider()).withGoldenRequired(false))) {
            report.say("%s; raw engine at its best, the faster of %s", measured.getFileName(), raw.description());
            int[] size = size(raw);
            int count = frames > 0 ? frames : (int) (raw.perSecond() * FRAMES_PER_ROUND_SECONDS);
            PipelineLoad load = new PipelineLoad(kafka, engine, "bench", size[1], size[0], partitions, count, settings);
            load.fill();
            warmUp.without(kafka, engine.model().contract().embeddingSize(), partitions, settings);
            warmUp.at(load);
            try (DecodeYardstick decode =
                    new DecodeYardstick(engine.model().contract().preprocessing(), load.jpegs())) {
                measure(report, raw, decode, load);
            }
        }
    }

    /** Width and height of the frames. */
    private int[] size(RawYardstick raw) {
        if (picture == null) {
            return new int[] {raw.width(), raw.height()};
        }
        if (!picture.matches("[1-9]\\d{1,4}x[1-9]\\d{1,4}")) {
            throw new ParameterException(
                    spec.commandLine(), "--picture is " + picture + "; it must be WxH, such as 1920x1080");
        }
        return Arrays.stream(picture.split("x")).mapToInt(Integer::parseInt).toArray();
    }

    /**
     * The same frames and records, and an engine that takes nothing.
     *
     * @param warmedUp settings of the warm-up at full speed, so that what they need is compiled too
     */
    private void besideTheModel(Report report, Map<String, Map<String, String>> variants, Map<String, String> warmedUp)
            throws Exception {
        try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults().withCloseAtExit(false));
                StandInEngine engine = new StandInEngine(STAND_IN_DIM, paced)) {
            int count = frames > 0 ? frames : (int) Math.ceil(paced * FRAMES_PER_ROUND_SECONDS);
            PipelineLoad load =
                    new PipelineLoad(kafka, engine, "bench", STAND_IN_SIDE, STAND_IN_SIDE, partitions, count, settings);
            load.fill();
            WarmUp warmUp = new WarmUp(report);
            Map<String, String> atFullSpeed = new LinkedHashMap<>(settings);
            atFullSpeed.putAll(warmedUp);
            warmUp.without(kafka, STAND_IN_DIM, partitions, atFullSpeed);
            warmUp.at(load);
            Map<String, List<PipelineLoad.Through>> passes = new LinkedHashMap<>();
            for (int round = 1; round <= rounds; round++) {
                for (Map.Entry<String, Map<String, String>> variant : variants.entrySet()) {
                    passes.computeIfAbsent(variant.getKey(), v -> new ArrayList<>())
                            .add(load.round(variant.getValue()));
                }
            }
            report.put("frames_per_round", load.frames());
            Map<String, Object> byVariant = new LinkedHashMap<>();
            passes.forEach((name, each) -> {
                report.say("%s", name.isEmpty() ? "paced at " + paced + " frames/s" : name);
                byVariant.put(name, costs(report, each));
            });
            report.put("variants", byVariant);
        }
    }

    /** The settings to compare, by what they are called. */
    private Map<String, Map<String, String>> variants() {
        if (vary == null) {
            return Map.of("", Map.of());
        }
        int equals = vary.indexOf('=');
        if (equals < 1) {
            throw new ParameterException(spec.commandLine(), "--vary is " + vary + "; it must be key=a,b");
        }
        String key = vary.substring(0, equals);
        Map<String, Map<String, String>> variants = new LinkedHashMap<>();
        for (String value : vary.substring(equals + 1).split(",", -1)) {
            variants.put(key + "=" + value, Map.of(key, value));
        }
        return variants;
    }

    /**
     * raw, pipeline, raw, pipeline, …, raw: each round of the pipeline is held against the raw ones on both its sides; and
     * against the bound that the raw engine and decoding make together: where each frame takes both on the same cores,
     * the sum of what they take; on a GPU, the slower of the two.
     */
    private void measure(Report report, RawYardstick raw, DecodeYardstick decode, PipelineLoad load) throws Exception {
        Duration rawEach = Duration.ofSeconds(4);
        Duration decodeEach = Duration.ofSeconds(1);
        int cores = Runtime.getRuntime().availableProcessors();
        decode.perSecond(decodeEach);
        List<Double> decoded = new ArrayList<>();
        List<Double> ofBound = new ArrayList<>();
        List<Rounds.Sample> pipeline = new ArrayList<>();
        List<Rounds.Sample> engine = new ArrayList<>(List.of(raw.sample(rawEach)));
        List<Double> efficiencies = new ArrayList<>();
        List<Double> startToEnd = new ArrayList<>();
        List<Double> ofBoundStartToEnd = new ArrayList<>();
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
            double decodedPerSecond = decode.perSecond(decodeEach) * cores;
            decoded.add(decodedPerSecond);
            double secondsByTheBound =
                    device.onGpu() ? Math.max(1 / beside, 1 / decodedPerSecond) : 1 / beside + 1 / decodedPerSecond;
            ofBound.add(through.perSecond() * secondsByTheBound);
            ofBoundStartToEnd.add(pass.startToEnd() * secondsByTheBound);
            efficiencies.add(through.perSecond() / beside);
            startToEnd.add(pass.startToEnd() / beside);
            report.say(
                    "round %d: pipeline %.1f frames/s (%.1f with start and end), raw engine %.1f and %.1f images/s, efficiency %.3f, %.2f CPU-ms a frame outside it",
                    round,
                    through.perSecond(),
                    pass.startToEnd(),
                    before.perSecond(),
                    after.perSecond(),
                    through.perSecond() / beside,
                    pass.outside());
        }
        report.table(
                "rounds", Map.of("pipeline", new Rounds.Series(pipeline), "raw engine", new Rounds.Series(engine)));
        double efficiency = Rounds.median(efficiencies);
        double share = median(passes, pass -> pass.of(ThreadCpu.Role.INFER) / pass.all());
        report.put("efficiency", efficiency);
        report.put("efficiency_with_start_and_end", Rounds.median(startToEnd));
        report.put("share_of_cpu_time_in_the_engine", share);
        report.put("decoded_per_second_by_all_cores", Rounds.median(decoded));
        report.put("share_of_the_bound", Rounds.median(ofBound));
        report.put("share_of_the_bound_with_start_and_end", Rounds.median(ofBoundStartToEnd));
        report.say(
                "all cores decode %.0f pictures/s; with the raw engine that bounds a pipeline, of which it reached %.3f (%.3f with start and end)",
                Rounds.median(decoded), Rounds.median(ofBound), Rounds.median(ofBoundStartToEnd));
        double others = median(passes, PipelineLoad.Through::othersShare);
        double busy = median(passes, PipelineLoad.Through::busyShare);
        report.put("share_of_the_machine_that_was_busy", busy);
        report.put("share_of_the_machine_for_broker_reader_and_compiler", others);
        report.put("efficiency_of_what_they_leave", efficiency / (1 - others));
        report.put("share_of_the_bound_of_what_they_leave", Rounds.median(ofBound) / (1 - others));
        Map<String, Object> costs = costs(report, passes);
        costs.forEach(report::put);
        report.say(
                "%.3f of the machine was busy; broker, reader and JIT compiler took %.3f: of what they leave, efficiency %.3f, %.3f of the bound",
                busy, others, efficiency / (1 - others), Rounds.median(ofBound) / (1 - others));
        double outside = median(passes, PipelineLoad.Through::outside);
        report.put("frames_per_round", load.frames());
        report.put("raw_engine", raw.description());
        report.put("batch_mean", load.batchMean());
        report.say(
                "efficiency %.3f by the clock (%.3f with start and end), %.3f of all CPU time in the engine (medians of %d rounds), %.2f CPU-ms a frame outside it and decoding, %.1f pictures a batch",
                efficiency, Rounds.median(startToEnd), share, rounds, outside, load.batchMean());
    }

    /** What a frame took, by what it was spent for. */
    private static Map<String, Object> costs(Report report, List<PipelineLoad.Through> passes) {
        Map<String, Double> byRole = new TreeMap<>();
        for (ThreadCpu.Role role : ThreadCpu.Role.values()) {
            byRole.put(role.name().toLowerCase(Locale.ROOT), median(passes, pass -> pass.of(role)));
        }
        report.say(
                "CPU-ms a frame: %s",
                byRole.entrySet().stream()
                        .map(role -> String.format(Locale.ROOT, "%s %.2f", role.getKey(), role.getValue()))
                        .collect(Collectors.joining(", ")));
        double outside = median(passes, PipelineLoad.Through::outside);
        double transactions = median(passes, PipelineLoad.Through::transactionsPerSecond);
        double jit = median(passes, PipelineLoad.Through::jitShare);
        double perSecond = median(passes, pass -> pass.sample().perSecond());
        double spans = median(passes, PipelineLoad.Through::spansPerFrame);
        if (spans > 0) {
            report.say("%.1f spans a frame", spans);
        }
        report.say(
                "%.1f frames/s in %.1f transactions/s, %.2f CPU-ms a frame outside the engine (rounds: %s), JIT compiler at %.1f %% of the machine",
                perSecond,
                transactions,
                outside,
                passes.stream()
                        .map(pass -> String.format(Locale.ROOT, "%.2f", pass.outside()))
                        .collect(Collectors.joining(" ")),
                100 * jit);
        long unsteady = passes.stream().filter(pass -> !pass.steady()).count();
        if (unsteady > 0) {
            report.say("%d of these rounds were too short to be steady, and are measured with start and end", unsteady);
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("rounds_not_steady", unsteady);
        figures.put("cpu_ms_per_frame", byRole);
        figures.put("cpu_ms_per_frame_outside_the_engine", outside);
        figures.put("frames_per_second", perSecond);
        figures.put("spans_per_frame", spans);
        figures.put("transactions_per_second", transactions);
        figures.put("jit_share_of_the_machine", jit);
        return figures;
    }

    private static double median(List<PipelineLoad.Through> passes, ToDoubleFunction<PipelineLoad.Through> value) {
        return Rounds.median(passes.stream().mapToDouble(value).boxed().toList());
    }
}
