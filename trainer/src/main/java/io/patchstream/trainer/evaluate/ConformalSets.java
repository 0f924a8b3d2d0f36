package io.patchstream.trainer.evaluate;

import io.patchstream.vision.model.ConformalPromise;
import java.util.Arrays;
import java.util.Optional;

/**
 * Split conformal prediction (Vovk et al.; Sadinle et al. 2019): the classes whose probability is at least {@code threshold}
 * hold the right one with probability 1 - alpha, for pictures like those of the calibration, whatever the model.
 *
 * @param alpha the share of sets that may miss the right class
 * @param threshold the least probability; 0 when there were too few examples to promise anything
 * @param examples how many the threshold was chosen on
 */
public record ConformalSets(double alpha, double threshold, int examples) {
    /**
     * What the sets did on other examples.
     *
     * @param coverage the share that holds the right class
     * @param size mean number of classes
     * @param empty the share without any class: nothing is probable enough
     */
    public record Outcome(double coverage, double size, double empty) {}

    /** From examples that neither the model nor the temperature was fitted on. */
    public static ConformalSets calibrate(Answers answers, double temperature, double alpha) {
        double[] right = new double[answers.size()];
        for (int i = 0; i < right.length; i++) {
            right[i] = answers.probabilities(i, temperature)[answers.labels()[i]];
        }
        double threshold = ConformalPromise.of(right, 1 - alpha)
                .map(ConformalPromise::threshold)
                .orElse(0.0);
        return new ConformalSets(alpha, threshold, right.length);
    }

    /** What a model may promise by this; empty when there were too few examples. */
    public Optional<ConformalPromise> promise() {
        return threshold > 0 ? Optional.of(new ConformalPromise(1 - alpha, threshold, examples)) : Optional.empty();
    }

    /** Counts on examples that {@link #calibrate} did not see. */
    public Outcome measure(Answers answers, double temperature) {
        int covered = 0;
        int empty = 0;
        long classes = 0;
        for (int i = 0; i < answers.size(); i++) {
            double[] probabilities = answers.probabilities(i, temperature);
            long size = Arrays.stream(probabilities).filter(p -> p >= threshold).count();
            classes += size;
            empty += size == 0 ? 1 : 0;
            covered += probabilities[answers.labels()[i]] >= threshold ? 1 : 0;
        }
        double n = answers.size();
        return new Outcome(covered / n, classes / n, empty / n);
    }
}
