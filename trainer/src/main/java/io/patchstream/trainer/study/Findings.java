package io.patchstream.trainer.study;

import io.patchstream.trainer.study.Comparison.Stretch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What crosses where, in sentences. */
public final class Findings {
    private Findings() {}

    /**
     * A line for each pair of curves.
     *
     * @param unit of x, such as {@code examples}
     */
    public static List<String> pairs(List<Curve> curves, String unit) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < curves.size(); i++) {
            for (int j = i + 1; j < curves.size(); j++) {
                lines.add(line(Comparison.of(curves.get(i), curves.get(j)), unit));
            }
        }
        return lines;
    }

    private static String line(Comparison comparison, String unit) {
        Curve a = comparison.first();
        Curve b = comparison.second();
        String pair = a.name() + " and " + b.name();
        if (Math.max(a.from(), b.from()) > Math.min(a.to(), b.to())) {
            return pair + ": nothing to compare, they share no number of " + unit;
        }
        List<Stretch> stretches = comparison.stretches();
        if (stretches.isEmpty()) {
            return pair + ": equal everywhere";
        }
        String parts = stretches.stream()
                .map(stretch -> String.format(
                        Locale.ROOT,
                        "%s ahead %s %s by up to %.1f points%s",
                        stretch.ahead(),
                        range(stretch),
                        unit,
                        100 * stretch.most(),
                        stretch.clear() ? "" : " (within the noise)"))
                .collect(Collectors.joining("; "));
        boolean clear = stretches.stream().allMatch(Stretch::clear);
        String crossing = stretches.size() == 1
                ? "no crossing"
                : "crossing at "
                        + comparison.crossings().stream().map(Findings::number).collect(Collectors.joining(" and "))
                        + (clear ? "" : ", not shown: one side is within the noise");
        return pair + ": " + parts + "; " + crossing;
    }

    private static String range(Stretch stretch) {
        return stretch.from() < stretch.to()
                ? "from " + number(stretch.from()) + " to " + number(stretch.to())
                : "at " + number(stretch.from());
    }

    /** How much less compute the cheaper of each pair takes for the best accuracy that both reach. */
    public static List<String> savings(List<Curve> frontiers) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < frontiers.size(); i++) {
            for (int j = i + 1; j < frontiers.size(); j++) {
                Curve a = frontiers.get(i);
                Curve b = frontiers.get(j);
                double both = Math.min(best(a), best(b));
                OptionalDouble costA = a.reaches(both);
                OptionalDouble costB = b.reaches(both);
                if (costA.isPresent() && costB.isPresent()) {
                    boolean first = costA.getAsDouble() <= costB.getAsDouble();
                    double factor = costA.getAsDouble() / costB.getAsDouble();
                    lines.add(String.format(
                            Locale.ROOT,
                            "for %.1f %% %s takes %.1f times the compute of %s",
                            100 * both,
                            first ? b.name() : a.name(),
                            first ? 1 / factor : factor,
                            first ? a.name() : b.name()));
                }
            }
        }
        return lines;
    }

    private static double best(Curve frontier) {
        return frontier.points().get(frontier.points().size() - 1).y();
    }

    /** Three digits: 950, 1230, 4.56e+12. */
    static String number(double value) {
        double scale = Math.pow(10, Math.floor(Math.log10(value)) - 2);
        return value >= 1e6
                ? String.format(Locale.ROOT, "%.2e", value)
                : String.format(Locale.ROOT, "%.0f", scale > 1 ? Math.round(value / scale) * scale : value);
    }
}
