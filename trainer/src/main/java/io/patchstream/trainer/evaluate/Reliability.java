package io.patchstream.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * How far confidence can be believed: answers in bins of equal width by their highest probability.
 *
 * @param error the expected calibration error: mean of |accuracy - confidence| over the answers, from 0 to 1
 * @param bins in ascending order, empty ones too
 */
public record Reliability(double error, List<Bin> bins) {
    /** As most papers have. */
    public static final int BINS = 15;

    /**
     * Answers with a confidence in {@code (from, to]}.
     *
     * @param count how many
     * @param confidence their mean highest probability; 0 without answers
     * @param accuracy the share of them that is right; 0 without answers
     */
    public record Bin(double from, double to, int count, double confidence, double accuracy) {}

    public Reliability {
        bins = List.copyOf(bins);
    }

    /** Of the probabilities at {@code temperature}. */
    public static Reliability of(Answers answers, double temperature, int bins) {
        int[] count = new int[bins];
        double[] confidence = new double[bins];
        int[] right = new int[bins];
        for (int i = 0; i < answers.size(); i++) {
            int top = answers.top(i);
            double highest = answers.probabilities(i, temperature)[top];
            int bin = Math.max(0, Math.min(bins - 1, (int) Math.ceil(highest * bins) - 1));
            count[bin]++;
            confidence[bin] += highest;
            right[bin] += top == answers.labels()[i] ? 1 : 0;
        }
        List<Bin> all = new ArrayList<>();
        double error = 0;
        for (int b = 0; b < bins; b++) {
            int n = Math.max(1, count[b]);
            all.add(new Bin(
                    b / (double) bins, (b + 1) / (double) bins, count[b], confidence[b] / n, right[b] / (double) n));
            error += Math.abs(right[b] - confidence[b]) / answers.size();
        }
        return new Reliability(error, all);
    }
}
