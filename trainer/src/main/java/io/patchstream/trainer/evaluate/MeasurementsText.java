package io.patchstream.trainer.evaluate;

import io.patchstream.vision.model.KnownDistances;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measurements for people, beside the lines that {@link Evaluation#report()} gives. */
public final class MeasurementsText {
    private MeasurementsText() {}

    /** A line for each measurement that was made. */
    public static List<String> of(Measurements m) {
        List<String> lines = new ArrayList<>();
        if (m.top1() != null) {
            lines.add(line(
                    "%s: %d examples: top-1 %.2f %%, top-5 %.2f %%",
                    m.dataset(), m.examples(), 100 * m.top1(), 100 * m.top5()));
            classes(m, lines);
        } else {
            lines.add(line(
                    "%s: %d examples; their classes are not the model's, so that its head is not measured",
                    m.dataset(), m.examples()));
        }
        if (m.calibration() != null) {
            lines.add(line(
                    "calibration: temperature %.4f fitted on %d; on the other %d: error %.2f %% before, %.2f %% after,"
                            + " loss %.4f before, %.4f after",
                    m.calibration().temperature(),
                    m.calibration().fittedOn(),
                    m.calibration().measuredOn(),
                    100 * m.calibration().before().error(),
                    100 * m.calibration().after().error(),
                    m.calibration().lossBefore(),
                    m.calibration().lossAfter()));
            lines.add(line(
                    "conformal sets: %.0f %% promised from %d; on the other %d: %.2f %% covered, %.2f classes in a set,"
                            + " %.2f %% empty",
                    100 * (1 - m.conformal().sets().alpha()),
                    m.conformal().sets().examples(),
                    m.conformal().measuredOn(),
                    100 * m.conformal().outcome().coverage(),
                    m.conformal().outcome().size(),
                    100 * m.conformal().outcome().empty()));
        }
        if (m.outsiders() != null) {
            lines.add(line(
                    "distance to the classes: median %.1f, 95 %% under %.1f%s",
                    m.outsiders().median(),
                    m.outsiders().most(),
                    m.outsiders().areaUnderCurve() == null
                            ? ""
                            : line(
                                    "; tells %d pictures from outside apart with AUROC %.4f",
                                    m.outsiders().outside(), m.outsiders().areaUnderCurve())));
        }
        if (m.outsiders() != null && m.outsiders().known() != null) {
            lines.add(limits(m.outsiders().known(), m.outsiders().beyond()));
        }
        if (m.fewShot() != null) {
            m.fewShot()
                    .forEach(few -> lines.add(line(
                            "%d-shot least squares: %.2f %% (%.2f to %.2f)",
                            few.shots(), 100 * few.mean(), 100 * few.least(), 100 * few.most())));
            lines.add(line("nearest neighbours: %.2f %%", 100 * m.neighbours()));
        }
        if (m.robustness() != null) {
            m.robustness()
                    .forEach(spoilt -> lines.add("  " + line("%-14s ", spoilt.corruption())
                            + String.join(
                                    " ",
                                    spoilt.top1().stream()
                                            .map(top1 -> line("%6.2f %%", 100 * top1))
                                            .toList())));
        }
        return lines;
    }

    private static String limits(KnownDistances known, List<Double> beyond) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < beyond.size(); i++) {
            parts.add(line(
                    "%s %% under %.1f (%.2f %% of others beyond)",
                    known.limits().get(i).percent(), known.limits().get(i).distance(), 100 * beyond.get(i)));
        }
        return "limits of distance from " + known.examples() + ": " + String.join(", ", parts);
    }

    private static void classes(Measurements m, List<String> lines) {
        int width = m.labels().stream().mapToInt(String::length).max().orElse(0);
        for (int k = 0; k < m.labels().size(); k++) {
            Measurements.ClassScore score = m.classes().get(k);
            lines.add(line(
                    "  %-" + width + "s  precision %s  recall %s  |%s",
                    score.label(),
                    percent(score.precision()),
                    percent(score.recall()),
                    String.join(
                            "",
                            m.confusion().get(k).stream()
                                    .map(n -> line("%6d", n))
                                    .toList())));
        }
    }

    private static String percent(Double share) {
        return share == null ? "       -" : line("%6.2f %%", 100 * share);
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
