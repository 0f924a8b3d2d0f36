package io.patchstream.trainer.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Curves over a logarithmic axis, as an SVG file that stands alone. Bars are a standard error to each side, where there is one. */
public final class Chart {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 64;
    private static final int RIGHT = 590;
    private static final int TOP = 44;
    private static final int BOTTOM = 366;
    /** Okabe and Ito's, which the colour-blind tell apart. */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000");

    private final StringBuilder svg = new StringBuilder();
    private final Scale scale;
    private final double from;
    private final double to;
    private final double low;
    private final double high;

    /** How y is drawn. */
    public enum Scale {
        /** From 0 to 1, as percentages, on a straight axis. */
        SHARE,
        /** Above 0, on a logarithmic axis. */
        AMOUNT
    }

    private Chart(Scale scale, List<Curve> curves) {
        this.scale = scale;
        double least = curves.stream().mapToDouble(Curve::from).min().orElse(1);
        double most = curves.stream().mapToDouble(Curve::to).max().orElse(10);
        from = least / 1.15;
        to = most * 1.15;
        double bottom = curves.stream()
                .flatMap(curve -> curve.points().stream())
                .mapToDouble(point -> point.y() - point.error())
                .min()
                .orElse(0);
        double top = curves.stream()
                .flatMap(curve -> curve.points().stream())
                .mapToDouble(point -> point.y() + point.error())
                .max()
                .orElse(1);
        low = scale == Scale.SHARE ? Math.max(0, floor(bottom)) : bottom / 1.15;
        high = scale == Scale.SHARE ? Math.min(1, 0.05 + floor(top)) : top * 1.15;
    }

    private static double floor(double share) {
        return Math.floor(share * 20) / 20;
    }

    /**
     * Draws curves.
     *
     * @param points all that was measured of each curve, where {@code lines} has only some; the same order and names
     */
    public static String draw(String title, String x, String y, Scale scale, List<Curve> lines, List<Curve> points) {
        Chart chart = new Chart(scale, points);
        chart.axes(title, x, y);
        for (int i = 0; i < lines.size(); i++) {
            chart.curve(lines.get(i), points.get(i), COLOURS.get(i % COLOURS.size()), i);
        }
        return chart.svg + "</svg>\n";
    }

    private void axes(String title, String x, String y) {
        svg.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"sans-serif\""
                        + " font-size=\"13\">\n<title>%s</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
                WIDTH, HEIGHT, escape(title), WIDTH, HEIGHT));
        text(LEFT, 24, "start", title, " font-weight=\"bold\"");
        text((LEFT + RIGHT) / 2.0, HEIGHT - 12, "middle", x, "");
        svg.append(format(
                "<text x=\"16\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 16 %d)\">%s</text>\n",
                (TOP + BOTTOM) / 2, (TOP + BOTTOM) / 2, escape(y)));
        for (double tick : ticks(from, to)) {
            svg.append(format("<path d=\"M%.1f %dV%d\" stroke=\"#ddd\"/>\n", across(tick), TOP, BOTTOM));
            text(across(tick), BOTTOM + 18, "middle", tick < 1e6 ? Findings.number(tick) : format("%.0e", tick), "");
        }
        if (scale == Scale.AMOUNT) {
            for (double tick : ticks(low, high)) {
                line(tick, tick < 1 ? format("%.1g", tick) : Findings.number(tick));
            }
            return;
        }
        double step = high - low > 0.4 ? 0.1 : high - low > 0.2 ? 0.05 : 0.02;
        for (int i = (int) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9; i++) {
            line(i * step, format("%.0f %%", 100 * i * step));
        }
    }

    private void line(double y, String label) {
        svg.append(format("<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>\n", LEFT, up(y), RIGHT));
        text(LEFT - 6, up(y) + 4, "end", label, "");
    }

    /** 1, 2 and 5 of each power of ten; the powers alone where they are many. */
    static List<Double> ticks(double from, double to) {
        List<Double> ticks = new ArrayList<>();
        double[] digits = Math.log10(to / from) > 3 ? new double[] {1} : new double[] {1, 2, 5};
        for (int power = (int) Math.floor(Math.log10(from)); power <= Math.log10(to); power++) {
            for (double digit : digits) {
                double tick = digit * Math.pow(10, power);
                if (tick >= from && tick <= to) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    private void curve(Curve line, Curve points, String colour, int row) {
        StringBuilder path = new StringBuilder();
        for (Curve.Point point : line.points()) {
            path.append(format("%.1f,%.1f ", across(point.x()), up(point.y())));
        }
        svg.append(format(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n",
                path.toString().strip(), colour));
        for (Curve.Point point : points.points()) {
            double x = across(point.x());
            svg.append(format(
                    "<path d=\"M%.1f %.1fV%.1f\" stroke=\"%s\"/><circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n",
                    x,
                    up(Math.max(low, point.y() - point.error())),
                    up(Math.min(high, point.y() + point.error())),
                    colour,
                    x,
                    up(point.y()),
                    colour));
        }
        svg.append(
                format("<circle cx=\"%d\" cy=\"%d\" r=\"4\" fill=\"%s\"/>\n", RIGHT + 20, TOP + 12 + 22 * row, colour));
        text(RIGHT + 30, TOP + 16 + 22 * row, "start", line.name(), "");
    }

    private double across(double x) {
        return LEFT + (RIGHT - LEFT) * Math.log(x / from) / Math.log(to / from);
    }

    private double up(double y) {
        double share = scale == Scale.SHARE ? (y - low) / (high - low) : Math.log(y / low) / Math.log(high / low);
        return BOTTOM - (BOTTOM - TOP) * share;
    }

    private void text(double x, double y, String anchor, String text, String more) {
        svg.append(format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"", x, y, anchor))
                .append(more)
                .append('>')
                .append(escape(text))
                .append("</text>\n");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
