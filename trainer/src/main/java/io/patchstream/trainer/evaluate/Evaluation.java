package io.patchstream.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a model made of a labelled data set. Immutable. */
public final class Evaluation {
    private final List<String> labels;
    private final int[][] confusion;
    private final int topFive;

    /**
     * Takes {@code confusion} over.
     *
     * @param confusion how often class i (row) was called class j (column)
     * @param topFive examples whose class was among the five most probable
     */
    Evaluation(List<String> labels, int[][] confusion, int topFive) {
        this.labels = List.copyOf(labels);
        this.confusion = confusion;
        this.topFive = topFive;
    }

    /** Counts. */
    public static Evaluation of(Answers answers, List<String> labels) {
        int[][] confusion = new int[labels.size()][labels.size()];
        int topFive = 0;
        for (int i = 0; i < answers.size(); i++) {
            confusion[answers.labels()[i]][answers.top(i)]++;
            topFive += answers.rank(i) < 5 ? 1 : 0;
        }
        return new Evaluation(labels, confusion, topFive);
    }

    /** The classes. */
    public List<String> labels() {
        return labels;
    }

    /** Of the examples that were called class {@code label} the share that are; NaN when none was. */
    public double precision(int label) {
        int sum = 0;
        for (int[] row : confusion) {
            sum += row[label];
        }
        return sum == 0 ? Double.NaN : confusion[label][label] / (double) sum;
    }

    /** Number of examples. */
    public int examples() {
        int sum = 0;
        for (int[] row : confusion) {
            for (int count : row) {
                sum += count;
            }
        }
        return sum;
    }

    /** The share that was right, from 0 to 1. */
    public double top1() {
        int right = 0;
        for (int i = 0; i < confusion.length; i++) {
            right += confusion[i][i];
        }
        return right / (double) examples();
    }

    /** The share whose class was among the five most probable, from 0 to 1. */
    public double top5() {
        return topFive / (double) examples();
    }

    /** Of class {@code label}'s examples the share that was right; NaN without examples. */
    public double recall(int label) {
        int sum = 0;
        for (int count : confusion[label]) {
            sum += count;
        }
        return sum == 0 ? Double.NaN : confusion[label][label] / (double) sum;
    }

    /** How often class {@code label} was called {@code called}. */
    public int confused(int label, int called) {
        return confusion[label][called];
    }

    /** For people: both accuracies, then a line a class with its three commonest mistakes. */
    public List<String> report() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT, "%d examples: top-1 %.2f %%, top-5 %.2f %%", examples(), 100 * top1(), 100 * top5()));
        int width = labels.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < confusion.length; i++) {
            lines.add(String.format(
                    Locale.ROOT, "  %-" + width + "s  %6.2f %%  %s", labels.get(i), 100 * recall(i), mistakes(i)));
        }
        return lines;
    }

    private String mistakes(int label) {
        List<Integer> others = new ArrayList<>();
        for (int j = 0; j < confusion.length; j++) {
            if (j != label && confusion[label][j] > 0) {
                others.add(j);
            }
        }
        others.sort((a, b) -> Integer.compare(confusion[label][b], confusion[label][a]));
        List<String> named = new ArrayList<>();
        for (int j : others.subList(0, Math.min(3, others.size()))) {
            named.add(labels.get(j) + " " + confusion[label][j]);
        }
        return String.join(", ", named);
    }
}
