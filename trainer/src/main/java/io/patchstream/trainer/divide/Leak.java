package io.patchstream.trainer.divide;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.SampleSeed;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a division gives away: how many test examples have one of their own group in the training part, and how often the
 * label of the training picture that looks most alike (nearest thumbnail) is right for those, and for the others. A wide gap
 * between the two is what a model would have learnt by heart and been praised for.
 *
 * @param test how many test examples there are
 * @param withTwin how many have one of their group in the training part
 * @param accuracyWithTwin 1-nearest-neighbour accuracy on those; null when there are none
 * @param accuracyWithout on the others; null when there are none
 */
public record Leak(int test, int withTwin, Double accuracyWithTwin, Double accuracyWithout) {
    /** Of each kind as many are looked up at most. */
    static final int LOOKED_UP = 500;

    /**
     * Measures a division.
     *
     * @param training and {@code test} indices into the data set
     */
    public static Leak of(Dataset dataset, Fingerprints fingerprints, Groups groups, int[] training, int[] test) {
        Set<Integer> known = new HashSet<>();
        for (int i : training) {
            known.add(groups.group(i));
        }
        int[] twins =
                Arrays.stream(test).filter(i -> known.contains(groups.group(i))).toArray();
        int[] others = Arrays.stream(test)
                .filter(i -> !known.contains(groups.group(i)))
                .toArray();
        return new Leak(
                test.length,
                twins.length,
                accuracy(dataset, fingerprints, training, twins),
                accuracy(dataset, fingerprints, training, others));
    }

    private static Double accuracy(Dataset dataset, Fingerprints fingerprints, int[] training, int[] asked) {
        if (asked.length == 0 || training.length == 0) {
            return null;
        }
        int[] order = SampleSeed.permutation(0, -1, asked.length);
        int count = Math.min(LOOKED_UP, asked.length);
        long right = IntStream.range(0, count)
                .parallel()
                .filter(k -> {
                    int example = asked[order[k]];
                    int best = training[0];
                    int nearest = Integer.MAX_VALUE;
                    for (int i : training) {
                        int distance = fingerprints.distance(example, i);
                        if (distance < nearest) {
                            nearest = distance;
                            best = i;
                        }
                    }
                    return dataset.label(best) == dataset.label(example);
                })
                .count();
        return right / (double) count;
    }
}
