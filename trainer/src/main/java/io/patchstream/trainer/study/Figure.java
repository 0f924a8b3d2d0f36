package io.patchstream.trainer.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What a study's cells are drawn as and said of. */
public enum Figure {
    /** A curve for each contender over the examples that it learned from. */
    DATA_SIZE("data-size", "training examples", "examples", Cell::examples, Cell::model, false),
    /** A curve for each family over the operations of its trainings: through those that no cheaper one equals. */
    SCALING(
            "scaling",
            "floating-point operations of training",
            "operations",
            Cell::trainingFlops,
            cell -> Variation.familyOf(cell.model()),
            true);

    private final String name;
    private final String axis;
    private final String unit;
    private final ToDoubleFunction<Cell> x;
    private final Function<Cell, String> curve;
    private final boolean frontier;

    Figure(
            String name,
            String axis,
            String unit,
            ToDoubleFunction<Cell> x,
            Function<Cell, String> curve,
            boolean frontier) {
        this.name = name;
        this.axis = axis;
        this.unit = unit;
        this.x = x;
        this.curve = curve;
        this.frontier = frontier;
    }

    /** Of the verb, its files and its contenders. */
    public String title() {
        return name;
    }

    /**
     * Writes {@code NAME.csv}, {@code NAME-top1.svg}, {@code NAME-five-shot.svg} and {@code NAME.txt}.
     *
     * @return the findings, as in the text
     */
    public List<String> write(List<Cell> cells, Path folder) throws IOException {
        Cell.write(cells, folder.resolve(name + ".csv"));
        List<String> lines = new ArrayList<>(draw("top-1", "top1", cells, Cell::top1, folder));
        List<Cell> few =
                cells.stream().filter(cell -> cell.fewShot().isPresent()).toList();
        if (!few.isEmpty()) {
            lines.addAll(draw(
                    "5-shot linear", "five-shot", few, cell -> cell.fewShot().getAsDouble(), folder));
        }
        Files.write(folder.resolve(name + ".txt"), lines);
        return lines;
    }

    private List<String> draw(
            String measure, String file, List<Cell> cells, ToDoubleFunction<Cell> accuracy, Path folder)
            throws IOException {
        Map<String, List<Cell>> groups = new LinkedHashMap<>();
        cells.forEach(cell -> groups.computeIfAbsent(curve.apply(cell), key -> new ArrayList<>())
                .add(cell));
        List<Curve> all = new ArrayList<>();
        groups.forEach((key, some) -> all.add(Curve.of(key, some, x, accuracy)));
        List<Curve> lines = frontier ? all.stream().map(Curve::frontier).toList() : all;
        String svg = Chart.draw(
                measure + " accuracy over " + axis, axis, measure + " accuracy", Chart.Scale.SHARE, lines, all);
        Files.writeString(folder.resolve(name + "-" + file + ".svg"), svg);
        List<String> findings = new ArrayList<>(Findings.pairs(lines, unit));
        if (frontier) {
            findings.addAll(Findings.savings(lines));
        }
        return findings.stream().map(line -> measure + ": " + line).toList();
    }
}
