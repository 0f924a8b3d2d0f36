package io.patchstream.vision.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a model promises of its conformal sets (split conformal prediction; Sadinle et al. 2019): the classes whose probability
 * is at least {@code threshold} hold the right one for {@code coverage} of the pictures, if these are like the examples. A
 * set has no class where none is probable enough, and several where the model cannot tell.
 *
 * @param coverage the share of sets that hold the right class, 0 to 1
 * @param threshold the least probability, above 0: of the graph's own probabilities, at their temperature
 * @param examples how many it was chosen on; neither weights nor temperature were
 */
public record ConformalPromise(double coverage, double threshold, int examples) {
    public ConformalPromise {
        if (!(coverage > 0 && coverage < 1)) {
            throw new IllegalArgumentException("coverage is " + coverage + "; it must be between 0 and 1");
        }
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold is " + threshold + "; it must be above 0 and at most 1");
        }
        if (Ranks.of(examples, coverage).isEmpty()) {
            throw new IllegalArgumentException(
                    examples + " examples cannot promise a coverage of " + coverage + "; there are too few");
        }
    }

    /**
     * Chooses the threshold.
     *
     * @param right the probability of the right class, of each example; the model has not learned from them
     * @return empty when there are too few to promise anything, or when only all classes together would keep the promise
     */
    public static Optional<ConformalPromise> of(double[] right, double coverage) {
        double[] sorted = right.clone();
        Arrays.sort(sorted);
        return Ranks.of(sorted.length, coverage)
                .map(rank -> sorted[sorted.length - rank])
                .filter(threshold -> threshold > 0)
                .map(threshold -> new ConformalPromise(coverage, threshold, sorted.length));
    }

    /** Whether a class of this probability is in the set. */
    public boolean holds(double probability) {
        return probability >= threshold;
    }
}
