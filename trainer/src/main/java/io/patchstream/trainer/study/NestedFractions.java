package io.patchstream.trainer.study;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.SampleSeed;
import io.patchstream.trainer.data.Subset;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Random parts of a data set of which each holds all smaller ones, with each class in its share: example r of a class of c, in
 * random order, stands at (r + 1/2) / c, and a part takes those that stand first.
 */
public final class NestedFractions {
    private final Dataset whole;
    private final int[] order;

    public NestedFractions(Dataset whole, long seed) {
        this.whole = whole;
        int[] shuffled = SampleSeed.permutation(seed, -2, whole.size());
        int[] sizes = new int[whole.labels().size()];
        for (int i = 0; i < whole.size(); i++) {
            sizes[whole.label(i)]++;
        }
        int[] ranks = new int[sizes.length];
        double[] places = new double[whole.size()];
        for (int index : shuffled) {
            int label = whole.label(index);
            places[index] = (ranks[label]++ + 0.5) / sizes[label];
        }
        // Stable: among equal places the shuffle decides.
        this.order = Arrays.stream(shuffled)
                .boxed()
                .sorted(Comparator.comparingDouble(index -> places[index]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /**
     * {@code examples} of the data set, by index.
     *
     * @throws IllegalArgumentException when it has fewer
     */
    public Dataset first(int examples) {
        if (examples < 1 || examples > order.length) {
            throw new IllegalArgumentException(
                    examples + " examples are asked for; the data have " + order.length + " to train on");
        }
        int[] indices = Arrays.copyOf(order, examples);
        Arrays.sort(indices);
        return Subset.of(whole, indices);
    }
}
