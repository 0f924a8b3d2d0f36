package io.patchstream.bench.training;

import io.patchstream.bench.Rounds;
import io.patchstream.bench.training.Side.Stretch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** One training by both sides in turns, and what came of it. */
final class Contest {
    private final TrainingCase work;
    private final Side ours;
    private final Optional<Side> theirs;
    private final List<Stretch> ourRounds = new ArrayList<>();
    private final List<Stretch> theirRounds = new ArrayList<>();

    /** @param theirs none to measure ours alone; both are borrowed */
    Contest(TrainingCase work, Side ours, Optional<Side> theirs) {
        this.work = work;
        this.ours = ours;
        this.theirs = theirs;
    }

    /** Rounds of about as long for each; a first one, which does not count, finds how many steps that is. */
    void run(int rounds, double seconds) throws IOException {
        int ourSteps = steps(ours, seconds);
        int theirSteps = theirs.isPresent() ? steps(theirs.get(), seconds) : 0;
        for (int round = 0; round < rounds; round++) {
            ourRounds.add(ours.take(ourSteps));
            if (theirs.isPresent()) {
                theirRounds.add(theirs.get().take(theirSteps));
            }
        }
    }

    private static int steps(Side side, double seconds) throws IOException {
        Stretch one = side.take(1);
        Stretch warm = side.take((int) Math.max(1, seconds / 2 / one.seconds()));
        return (int) Math.max(1, Math.round(seconds * warm.steps() / warm.seconds()));
    }

    /** Whether both found the same losses in their first steps; true when there is one side only. */
    boolean lossesAgree(double tolerance) {
        return theirs.isEmpty()
                || lossDifference() <= tolerance
                        && ours.parameters() == theirs.get().parameters();
    }

    /** The largest relative difference of a loss. */
    private double lossDifference() {
        double most = 0;
        List<Double> other = theirs.orElseThrow().losses();
        for (int i = 0; i < other.size(); i++) {
            most = Math.max(most, Math.abs(ours.losses().get(i) - other.get(i)) / Math.abs(other.get(i)));
        }
        return most;
    }

    private double perSecond(Stretch stretch) {
        return stretch.steps() * work.recipe().batchSize() / stretch.seconds();
    }

    private double cpuMillis(Stretch stretch) {
        return stretch.cpuSeconds() * 1e3 / (stretch.steps() * work.recipe().batchSize());
    }

    private static double median(List<Stretch> rounds, ToDoubleFunction<Stretch> value) {
        return Rounds.median(rounds.stream().map(value::applyAsDouble).toList());
    }

    /** The median of what each round's two neighbours were to each other: other work on the machine meets both. */
    private double ratio(ToDoubleFunction<Stretch> value) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < theirRounds.size(); i++) {
            ratios.add(value.applyAsDouble(ourRounds.get(i)) / value.applyAsDouble(theirRounds.get(i)));
        }
        return Rounds.median(ratios);
    }

    /** For people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(line(ours, ourRounds));
        theirs.ifPresent(side -> {
            lines.add(line(side, theirRounds));
            lines.add(String.format(
                    Locale.ROOT,
                    "  ours / theirs: images/s %.2f, images per CPU-second %.2f, memory %.2f; first losses differ by %.1e at most, parameters %d and %d",
                    ratio(this::perSecond),
                    1 / ratio(this::cpuMillis),
                    ours.peakMib() / side.peakMib(),
                    lossDifference(),
                    ours.parameters(),
                    side.parameters()));
        });
        return lines;
    }

    private String line(Side side, List<Stretch> rounds) {
        return String.format(
                Locale.ROOT,
                "  %-40s %8.1f images/s, %8.1f per CPU-second, %5.0f MiB resident, %5.0f at most",
                side.software(),
                median(rounds, this::perSecond),
                1e3 / median(rounds, this::cpuMillis),
                side.residentMib(),
                side.peakMib());
    }

    /** For machines. */
    Map<String, Object> figures() {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("training", work.name());
        row.put("ours", figures(ours, ourRounds));
        theirs.ifPresent(side -> {
            row.put("theirs", figures(side, theirRounds));
            row.put("per_second_ratio", ratio(this::perSecond));
            row.put("per_cpu_second_ratio", 1 / ratio(this::cpuMillis));
            row.put("largest_loss_difference", lossDifference());
        });
        return row;
    }

    private Map<String, Object> figures(Side side, List<Stretch> rounds) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("software", side.software());
        values.put("parameters", side.parameters());
        values.put("per_second_median", median(rounds, this::perSecond));
        values.put("cpu_ms_median", median(rounds, this::cpuMillis));
        values.put("resident_mib", side.residentMib());
        values.put("peak_mib", side.peakMib());
        values.put("rounds", rounds.size());
        return values;
    }
}
