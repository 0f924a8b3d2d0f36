package io.patchstream.trainer.report;

import java.util.List;
import java.util.Locale;

/** Curves as inline SVG, in the page's own colours. */
final class Svg {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 220;
    private static final int MARGIN = 48;

    private Svg() {}

    /** A curve of points {@code (x[i], y[i])}; with {@code diagonal} both axes are 0 to 1 and y = x is drawn too. */
    static String curve(String title, List<Double> x, List<Double> y, boolean diagonal) {
        double left = diagonal ? 0 : x.stream().mapToDouble(v -> v).min().orElse(0);
        double right = diagonal ? 1 : x.stream().mapToDouble(v -> v).max().orElse(1);
        double low = diagonal ? 0 : y.stream().mapToDouble(v -> v).min().orElse(0);
        double high = diagonal ? 1 : y.stream().mapToDouble(v -> v).max().orElse(1);
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < x.size(); i++) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    MARGIN + (WIDTH - MARGIN - 8) * share(x.get(i), left, right),
                    8 + (HEIGHT - 32) * (1 - share(y.get(i), low, high))));
        }
        return "<figure><figcaption>" + title + "</figcaption><svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT
                + "\" role=\"img\" aria-label=\"" + title + "\">"
                + (diagonal ? line(HEIGHT - 24, 8) : line(HEIGHT - 24, HEIGHT - 24))
                + "<polyline class=\"curve\" points=\"" + points + "\"/>"
                + text(4, 16, high) + text(4, HEIGHT - 24, low) + text(MARGIN, HEIGHT - 6, left)
                + text(WIDTH - 60, HEIGHT - 6, right) + "</svg></figure>";
    }

    private static double share(double value, double from, double to) {
        return to > from ? (value - from) / (to - from) : 0.5;
    }

    private static String line(int from, int to) {
        return "<path class=\"axis\" d=\"M" + MARGIN + " " + from + "L" + (WIDTH - 8) + " " + to + "\"/>";
    }

    private static String text(int x, int y, double value) {
        return String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\">%.3g</text>", x, y, value);
    }
}
