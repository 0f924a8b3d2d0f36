package io.patchstream.bench.batching;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench batching}: our dispatch rule and three others, on the same traces and devices, by a virtual clock. */
@Command(
        name = "batching",
        mixinStandardHelpOptions = true,
        description = {
            "Goodput under a latency target of our batch planner and of three other rules, simulated. Each rival has",
            "the best of its largest batches 1, 4, 8, 16, 32, 64 and delays 2, 5, 10, 20 ms, found anew for each row;",
            "ours has one setting for all. 'ours' drops nothing, as the engine does under block; 'ours+shed' also drops what the",
            "planner knows to be too late, as the engine does under drop-late."
        })
public final class BatchingBench implements Callable<Integer> {
    private static final int[] SIZES = {1, 4, 8, 16, 32, 64};
    private static final int[] DELAYS_MS = {2, 5, 10, 20};
    private static final double AHEAD = 0.005;

    @Spec
    private CommandSpec spec;

    @Option(names = "--seed", defaultValue = "1", description = "Of traces and jitter (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--seconds", defaultValue = "20", description = "Virtual length (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--loads",
            split = ",",
            defaultValue = "0.5,0.9,1.2",
            description = "Shares of the capacity (${DEFAULT-VALUE}).")
    private List<Double> loads;

    @Option(
            names = "--cpu-curve",
            split = ",",
            defaultValue = "1=35.5,4=153.6,16=769.6",
            description = "The CPU's milliseconds by batch size (${DEFAULT-VALUE}: ViT-Ti/16, fp32, one thread).")
    private Map<Integer, Double> cpuCurve;

    @Option(
            names = "--cpu-target",
            defaultValue = "200",
            description = "The CPU's latency target in milliseconds (${DEFAULT-VALUE}); a GPU's is 50.")
    private double cpuTarget;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures.")
    private Path json;

    private record Tried(String parameters, Simulation.Result result) {}

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Device device : List.of(Device.cpu(cpuCurve, cpuTarget / 1e3), Device.gpu(), Device.knee())) {
            say(out, "%n%s: target %.0f ms, capacity %.1f/s", device.name(), device.target() * 1e3, device.capacity());
            for (Trace trace : Trace.values()) {
                for (double load : loads) {
                    List<Trace.Arrival> arrivals = trace.arrivals(load * device.capacity(), seconds, seed);
                    Map<String, Tried> tried = tryAll(device, arrivals);
                    tried.forEach((rule, t) -> {
                        say(
                                out,
                                "%-9s %.1f %-10s %-16s good %8.1f/s %5.1f%% worst camera %5.1f%% p50 %7.1f p99 %8.1f ms"
                                        + " dropped %6d batch %5.1f",
                                trace,
                                load,
                                rule,
                                t.parameters(),
                                t.result().perSecond(),
                                t.result().share() * 100,
                                t.result().worstShare() * 100,
                                t.result().p50() * 1e3,
                                t.result().p99() * 1e3,
                                t.result().dropped(),
                                t.result().batchMean());
                        rows.add(Map.of(
                                "device",
                                device.name(),
                                "trace",
                                trace.toString(),
                                "load",
                                load,
                                "rule",
                                rule,
                                "parameters",
                                t.parameters(),
                                "result",
                                t.result()));
                    });
                    say(out, "  -> %s; %s", verdict("ours", tried), verdict("ours+shed", tried));
                }
            }
        }
        if (json != null) {
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValue(json.toFile(), Map.of("benchmark", "batching", "seed", seed, "rows", rows));
        }
        return 0;
    }

    private Map<String, Tried> tryAll(Device device, List<Trace.Arrival> arrivals) {
        Map<String, Supplier<Policy>> eager = new LinkedHashMap<>();
        Map<String, Supplier<Policy>> fixed = new LinkedHashMap<>();
        Map<String, Supplier<Policy>> bento = new LinkedHashMap<>();
        for (int max : SIZES) {
            eager.put("max " + max, () -> new Rival.Fixed(max, 0));
            bento.put("max " + max, () -> new Rival.BentoMl(max, device.target()));
            for (int delay : DELAYS_MS) {
                fixed.put("max " + max + " " + delay + " ms", () -> new Rival.Fixed(max, delay * 1_000_000L));
            }
        }
        Map<String, Tried> tried = new LinkedHashMap<>();
        tried.put("ours", best(Map.of("", () -> new Planned(device, false)), device, arrivals));
        tried.put("ours+shed", best(Map.of("", () -> new Planned(device, true)), device, arrivals));
        tried.put("eager", best(eager, device, arrivals));
        tried.put("fixed", best(fixed, device, arrivals));
        tried.put("bentoml", best(bento, device, arrivals));
        return tried;
    }

    private Tried best(Map<String, Supplier<Policy>> choices, Device device, List<Trace.Arrival> arrivals) {
        Tried best = null;
        for (Map.Entry<String, Supplier<Policy>> choice : choices.entrySet()) {
            Simulation.Result result = Simulation.run(choice.getValue().get(), device, arrivals, seed);
            if (best == null || result.perSecond() > best.result().perSecond()) {
                best = new Tried(choice.getKey(), result);
            }
        }
        return best;
    }

    /** Ahead and behind begin at half a point of the offered frames; between them is a tie. */
    private static String verdict(String rule, Map<String, Tried> tried) {
        StringBuilder words = new StringBuilder(rule);
        for (String rival : List.of("eager", "fixed", "bentoml")) {
            double by =
                    tried.get(rule).result().share() - tried.get(rival).result().share();
            String word = by > AHEAD ? "ahead of" : by < -AHEAD ? "BEHIND" : "even with";
            words.append(String.format(Locale.ROOT, ", %s %s by %+.1f points", word, rival, by * 100));
        }
        return words.toString();
    }

    private static void say(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
        out.flush();
    }
}
