package io.patchstream.trainer.study;

import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.study.Study.Plan;
import io.patchstream.trainer.train.TrainingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One model on many tasks, as VTAB-1k has it: few examples of each, one recipe, and the mean accuracy of each group of tasks
 * and of all tasks.
 */
public final class Suite {
    private static final String ALL = "all";

    private final List<Part> parts;
    private final Path folder;

    /** The trainings of one task. */
    private record Part(Study study, List<Plan> plans) {}

    private Suite(List<Part> parts, Path folder) {
        this.parts = parts;
        this.folder = folder;
    }

    /**
     * Looks at all data and all plans; nothing is trained.
     *
     * @param recipes of each task, one a seed
     * @param examples of each task to train on; 0 for all
     * @param mostTested pictures of each task at most to measure on; 0 for all
     * @throws IOException when a task's data are missing; the message names every such task
     * @throws IllegalArgumentException when a task has fewer examples, or the model cannot be
     */
    public static Suite open(
            List<Variation> tasks, List<List<Recipe>> recipes, int examples, int mostTested, Path folder)
            throws IOException {
        List<Part> parts = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            Variation task = tasks.get(i);
            TrainingData data;
            try {
                data = TrainingData.of(recipes.get(i).get(0));
            } catch (IOException e) {
                missing.add(task.name() + ": " + e.getMessage());
                continue;
            }
            Study study = new Study(data, data, mostTested, folder);
            int count = examples == 0 ? data.training().size() : examples;
            List<Plan> plans = recipes.get(i).stream()
                    .map(recipe -> new Plan(task, recipe, count))
                    .toList();
            plans.forEach(study::require);
            parts.add(new Part(study, plans));
        }
        if (!missing.isEmpty()) {
            throw new IOException(missing.size() + " of " + tasks.size() + " tasks have no data:"
                    + System.lineSeparator() + String.join(System.lineSeparator(), missing));
        }
        return new Suite(parts, folder);
    }

    /**
     * Trains what is not done yet, and writes {@code suite.csv} and {@code suite.txt}.
     *
     * @return the findings, as in the text
     * @throws InterruptedException when the thread is interrupted; the training under way goes on the next time
     */
    public List<String> run() throws IOException, InterruptedException {
        List<Cell> cells = new ArrayList<>();
        for (Part part : parts) {
            cells.addAll(part.study().run(part.plans()));
        }
        Cell.write(cells, folder.resolve("suite.csv"));
        List<String> lines = findings(cells);
        Files.write(folder.resolve("suite.txt"), lines);
        return lines;
    }

    /** A line for each task, each group and all: the mean of each seed's tasks, then mean and deviation over seeds. */
    static List<String> findings(List<Cell> cells) {
        Map<String, List<Cell>> tasks = groups(cells, Cell::model);
        List<String> lines = new ArrayList<>();
        tasks.forEach((task, some) -> lines.add(line(task, some, "")));
        groups(cells, cell -> Variation.familyOf(cell.model()))
                .forEach((group, some) -> lines.add(line(
                        group, some, ", mean of " + groups(some, Cell::model).size() + " tasks")));
        lines.add(line(ALL, cells, ", mean of " + tasks.size() + " tasks"));
        return lines;
    }

    private static Map<String, List<Cell>> groups(
            Collection<Cell> cells, java.util.function.Function<Cell, String> key) {
        return cells.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    private static String line(String name, List<Cell> cells, String of) {
        String top1 = percent(ofSeeds(cells, Cell::top1));
        boolean few = cells.stream().allMatch(cell -> cell.fewShot().isPresent());
        String fewShot = few
                ? "; 5-shot linear "
                        + percent(ofSeeds(cells, cell -> cell.fewShot().getAsDouble()))
                : "";
        return name + ": top-1 " + top1 + of + fewShot;
    }

    /** The mean over the cells of each seed. */
    private static double[] ofSeeds(List<Cell> cells, java.util.function.ToDoubleFunction<Cell> accuracy) {
        return cells.stream()
                .collect(Collectors.groupingBy(Cell::seed, TreeMap::new, Collectors.averagingDouble(accuracy)))
                .values()
                .stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** Mean, and the sample's standard deviation where there are several. */
    private static String percent(double[] values) {
        double mean = java.util.Arrays.stream(values).average().orElseThrow();
        OptionalDouble spread = values.length < 2
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.sqrt(java.util.Arrays.stream(values)
                                .map(value -> (value - mean) * (value - mean))
                                .sum()
                        / (values.length - 1)));
        String text = String.format(Locale.ROOT, "%.2f %%", 100 * mean);
        return spread.isEmpty()
                ? text
                : text
                        + String.format(
                                Locale.ROOT,
                                " (deviation %.2f over %d seeds)",
                                100 * spread.getAsDouble(),
                                values.length);
    }
}
