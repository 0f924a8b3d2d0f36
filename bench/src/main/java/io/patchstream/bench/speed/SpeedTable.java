package io.patchstream.bench.speed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.bench.Report;
import io.patchstream.trainer.study.Chart;
import io.patchstream.trainer.study.Curve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The rows in a folder: kept in {@code speed.json} as they are measured, and written as a table and curves. */
final class SpeedTable {
    private static final String FILE = "speed.json";
    private static final String ROWS = "rows";
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final Path folder;
    private final Report report;
    private final List<Speed> rows = new ArrayList<>();

    /** With the rows that are in the folder already. */
    SpeedTable(Path folder, Report report) throws IOException {
        this.folder = folder;
        this.report = report;
        Path file = folder.resolve(FILE);
        JsonNode kept = Files.exists(file) ? JSON.readTree(file.toFile()).get(ROWS) : null;
        if (kept != null) {
            rows.addAll(List.of(JSON.convertValue(kept, Speed[].class)));
        }
    }

    Optional<Speed> row(String model, int size, String precision, String device) {
        return rows.stream()
                .filter(row -> row.isOf(model, size, precision, device))
                .findFirst();
    }

    /** Keeps a row, in place of the one that there was. */
    void put(Speed row) throws IOException {
        Optional<Speed> old = row(row.model(), row.size(), row.precision(), row.device());
        if (old.isPresent()) {
            rows.set(rows.indexOf(old.get()), row);
        } else {
            rows.add(row);
        }
        report.put(ROWS, JSON.convertValue(rows, Object.class));
        report.save(folder.resolve(FILE));
    }

    /** Writes {@code speed.md}, and for each precision {@code speed-PRECISION.svg} and {@code batch-PRECISION.svg}. */
    List<String> write() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "| model | precision | px | parameters, M | multiply-adds, G | images/s | a core | batch | callers x threads |"
                        + " largest batch |",
                "|---|---|---|---|---|---|---|---|---|---|"));
        rows.forEach(row -> lines.add(line(row)));
        Files.write(folder.resolve("speed.md"), lines);
        for (String precision : rows.stream().map(Speed::precision).distinct().toList()) {
            List<Speed> some = rows.stream()
                    .filter(row -> row.precision().equals(precision))
                    .toList();
            draw("speed-" + precision, "images a second of a core, " + precision, some, Speed::perCore);
            List<Speed> filled = some.stream()
                    .filter(row -> row.largest() != null && row.largest().pictures() > 0)
                    .toList();
            draw(
                    "batch-" + precision,
                    "largest batch, " + precision,
                    filled,
                    row -> row.largest().pictures());
        }
        return lines;
    }

    private void draw(String name, String y, List<Speed> some, ToDoubleFunction<Speed> value) throws IOException {
        Map<String, List<Curve.Point>> points = new LinkedHashMap<>();
        some.forEach(row -> points.computeIfAbsent(row.model(), key -> new ArrayList<>())
                .add(new Curve.Point(row.size(), value.applyAsDouble(row), 0)));
        List<Curve> curves = new ArrayList<>();
        points.forEach((model, all) -> curves.add(new Curve(model, all)));
        if (!curves.isEmpty()) {
            String svg = Chart.draw(y + " over input size", "input size, px", y, Chart.Scale.AMOUNT, curves, curves);
            Files.writeString(folder.resolve(name + ".svg"), svg);
        }
    }

    private static String line(Speed row) {
        String largest = row.largest() == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%s%,d",
                        row.largest().shown() ? "" : "about ",
                        row.largest().pictures());
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %.1f | %.2f | %s | %s | %d | %d x %d | %s |",
                row.model(),
                row.precision(),
                row.size(),
                row.parameters() / 1e6,
                row.multiplyAdds() / 1e9,
                rate(row.perSecond()),
                rate(row.perCore()),
                row.batch(),
                row.callers(),
                row.threads(),
                largest);
    }

    private static String rate(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }
}
