package io.patchstream.trainer.report;

import io.patchstream.trainer.evaluate.Measurements;
import io.patchstream.trainer.evaluate.Measurements.Mistake;
import io.patchstream.trainer.evaluate.Reliability;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.Png;
import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The page, section by section. */
public final class TrainingReport {
    private static final int MOST_POINTS = 600;

    private final StringBuilder page = new StringBuilder();

    /** Begins with what the model is and where it comes from. */
    public TrainingReport(TrainedModel model, Map<String, String> recipe) throws IOException {
        page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<title>")
                .append(escape(model.config().name()))
                .append("</title><style>")
                .append(style())
                .append("</style></head><body><main><h1>")
                .append(escape(model.config().name()))
                .append("</h1>");
        Map<String, String> lineage = new TreeMap<>();
        lineage.put("data (SHA-256 of the manifest)", model.lineage().dataManifestSha256());
        lineage.put("parent (SHA-256)", model.lineage().parentSha256());
        lineage.put("recipe", model.lineage().recipe());
        lineage.put("seed", Long.toString(model.lineage().seed()));
        lineage.put("trainer", model.lineage().trainerVersion());
        lineage.put("temperature", Double.toString(model.temperature()));
        model.lineage().metrics().forEach((name, value) -> lineage.put("metric " + name, percent(value)));
        table("Lineage", lineage);
        table("Recipe: data, splits, cost", recipe);
    }

    private static String style() throws IOException {
        try (InputStream in = TrainingReport.class.getResourceAsStream("/report/style.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void table(String title, Map<String, String> rows) {
        page.append("<h2>").append(title).append("</h2><div class=\"wide\"><table>");
        rows.forEach((key, value) -> page.append("<tr><th>")
                .append(escape(key))
                .append("</th><td>")
                .append(escape(value))
                .append("</td></tr>"));
        page.append("</table></div>");
    }

    /**
     * Curves of loss, learning rate and gradient norm.
     *
     * @param history the training's {@code history.csv}
     */
    public void history(Path history) throws IOException {
        List<String> lines = Files.readAllLines(history);
        List<Double> steps = new ArrayList<>();
        List<List<Double>> curves = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        int stride = Math.max(1, lines.size() / MOST_POINTS);
        for (int i = 1; i < lines.size(); i += stride) {
            String[] cells = lines.get(i).split(",", -1);
            if (cells.length != 4) {
                throw new IOException(history + " line " + (i + 1) + " is not step,loss,learning_rate,gradient_norm");
            }
            steps.add(Double.parseDouble(cells[0]));
            for (int c = 0; c < 3; c++) {
                curves.get(c).add(Double.parseDouble(cells[c + 1]));
            }
        }
        page.append("<h2>Curves</h2>");
        page.append(Svg.curve("loss", steps, curves.get(0), false));
        page.append(Svg.curve("learning rate", steps, curves.get(1), false));
        page.append(Svg.curve("gradient norm", steps, curves.get(2), false));
    }

    /** How the data were divided, and what a division at random would have leaked, in sentences. */
    public void division(List<String> lines) {
        page.append("<h2>How the data were divided</h2>");
        lines.forEach(line -> page.append("<p>").append(escape(line)).append("</p>"));
    }

    /** What {@code evaluate} measured, in its own words, with confusion and reliability as figures. */
    public void measured(Measurements measured, List<String> text) {
        page.append("<h2>Measured: ")
                .append(escape(measured.dataset()))
                .append("</h2><pre class=\"wide\">")
                .append(escape(String.join("\n", text)))
                .append("</pre>");
        if (measured.confusion() != null) {
            confusion(measured);
        }
        if (measured.calibration() != null) {
            page.append("<h3>Calibration</h3>");
            reliability("confidence and accuracy before", measured.calibration().before());
            reliability("confidence and accuracy after", measured.calibration().after());
        }
    }

    private void confusion(Measurements measured) {
        page.append("<h3>Confusion</h3><p>Rows are what pictures are, columns what they were called.</p>")
                .append("<div class=\"wide\"><table class=\"confusion\">");
        for (int i = 0; i < measured.labels().size(); i++) {
            List<Integer> row = measured.confusion().get(i);
            int sum = Math.max(1, row.stream().mapToInt(Integer::intValue).sum());
            page.append("<tr><th>").append(escape(measured.labels().get(i))).append("</th>");
            for (int count : row) {
                page.append(
                        String.format(Locale.ROOT, "<td style=\"--share:%.3f\">%d</td>", count / (double) sum, count));
            }
            page.append("</tr>");
        }
        page.append("</table></div>");
    }

    private void reliability(String title, Reliability reliability) {
        List<Reliability.Bin> bins =
                reliability.bins().stream().filter(bin -> bin.count() > 0).toList();
        page.append(Svg.curve(
                title + ", error " + percent(reliability.error()),
                bins.stream().map(Reliability.Bin::confidence).toList(),
                bins.stream().map(Reliability.Bin::accuracy).toList(),
                true));
    }

    /** A title above the pictures that follow. */
    public void pictures(String title) {
        page.append("<h2>").append(escape(title)).append("</h2>");
    }

    /** An answer that was wrong and sure, with what it was taken from. */
    public void mistake(Mistake mistake, RgbImage overlay) {
        picture(overlay, mistake.label() + " called " + mistake.called() + ", " + percent(mistake.probability()));
    }

    /** A picture with a line under it. */
    public void picture(RgbImage image, String caption) {
        page.append("<figure class=\"tile\"><img alt=\"\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(Png.encode(image)))
                .append("\"><figcaption>")
                .append(escape(caption))
                .append("</figcaption></figure>");
    }

    /** The whole page. */
    public String html() {
        return page + "</main></body></html>\n";
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
