package io.patchstream.trainer.divide;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.SampleSeed;
import io.patchstream.trainer.divide.DivisionReport.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A data set divided safely: the first part to test on, the last to train on. */
public final class Division {
    private final Dataset dataset;
    private final Fingerprints fingerprints;
    private final Groups groups;
    private final double[] shares;
    private final long seed;
    private final int[] parts;

    /**
     * @param groups of the data set's examples
     * @param shares of the parts before the last; see {@link SafeSplit#divide}
     */
    public Division(Dataset dataset, Fingerprints fingerprints, Groups groups, double[] shares, long seed) {
        this.dataset = dataset;
        this.fingerprints = fingerprints;
        this.groups = groups;
        this.shares = shares.clone();
        this.seed = seed;
        this.parts = SafeSplit.divide(groups, shares, seed);
    }

    /**
     * A part to hold out, and the rest, by the default rules.
     *
     * @throws IOException when a picture cannot be read, or nothing can be held out because everything is linked
     */
    public static Division holdOut(Dataset dataset, double share, long seed) throws IOException {
        Fingerprints fingerprints = Fingerprints.of(dataset);
        Groups groups = Groups.of(dataset, fingerprints, DivideSettings.defaults());
        Division division = new Division(dataset, fingerprints, groups, new double[] {share}, seed);
        if (division.part(0).length == 0) {
            throw new IOException("none of " + dataset.size() + " examples can be held out safely: they form "
                    + groups.all().size() + " groups of twins and neighbouring frames, and the smallest is larger than "
                    + share + " of them. Set split=random to divide them all the same, and trust no score");
        }
        return division;
    }

    /** The indices of a part, in order. */
    public int[] part(int part) {
        return SafeSplit.part(parts, part);
    }

    /** The part of an example. */
    public int partOf(int index) {
        return parts[index];
    }

    /**
     * What was done, and what a division at random would have leaked. Looks for nearest neighbours: seconds for tens of
     * thousands of examples.
     *
     * @param names of the parts
     * @param given the part of each example that the data came with, by the same names; an empty text for none
     */
    public DivisionReport report(List<String> names, List<String> given) {
        int[] order = SampleSeed.permutation(seed, -1, parts.length);
        int border = (int) Math.round(parts.length * shares[0]);
        List<List<Integer>> all = groups.all();
        List<Part> sizes = new ArrayList<>();
        for (int part = 0; part < names.size(); part++) {
            sizes.add(new Part(names.get(part), part(part).length));
        }
        int last = names.size() - 1;
        int[] givenTest = having(given, names.get(0));
        int[] givenTraining = having(given, names.get(last));
        return new DivisionReport(
                parts.length,
                all.size(),
                all.stream().mapToInt(List::size).max().orElse(0),
                groups.links(),
                sizes,
                seed,
                leak(part(last), part(0)),
                leak(Arrays.copyOfRange(order, border, order.length), Arrays.copyOfRange(order, 0, border)),
                givenTest.length == 0 || givenTraining.length == 0 ? null : leak(givenTraining, givenTest));
    }

    private static int[] having(List<String> given, String name) {
        return IntStream.range(0, given.size())
                .filter(i -> given.get(i).equals(name))
                .toArray();
    }

    private Leak leak(int[] training, int[] test) {
        return Leak.of(dataset, fingerprints, groups, training, test);
    }
}
