package io.patchstream.trainer.data;

import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.util.List;

/** Some examples of a data set. */
public final class Subset implements Dataset {
    private final Dataset whole;
    private final int[] indices;

    private Subset(Dataset whole, int[] indices) {
        this.whole = whole;
        this.indices = indices;
    }

    /**
     * A random part, or the rest of the same split.
     *
     * @param share of examples in the part that is held out, from 0 to 1
     * @param heldOut whether the held-out part or the rest is wanted
     */
    public static Subset split(Dataset whole, double share, boolean heldOut, long seed) {
        int[] order = SampleSeed.permutation(seed, -1, whole.size());
        int border = (int) Math.round(whole.size() * share);
        int[] indices = heldOut
                ? java.util.Arrays.copyOfRange(order, 0, border)
                : java.util.Arrays.copyOfRange(order, border, order.length);
        java.util.Arrays.sort(indices);
        return new Subset(whole, indices);
    }

    /** These examples, in this order; the indices are taken over. */
    public static Subset of(Dataset whole, int[] indices) {
        return new Subset(whole, indices);
    }

    /** At most {@code most} of the examples, spread over all of them by {@code seed}; all when {@code most} is 0. */
    public static Dataset atMost(Dataset whole, int most, long seed) {
        return most == 0 || most >= whole.size() ? whole : split(whole, most / (double) whole.size(), true, seed);
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public int label(int index) {
        return whole.label(indices[index]);
    }

    @Override
    public List<String> labels() {
        return whole.labels();
    }

    @Override
    public RgbImage image(int index, long variation) throws IOException {
        return whole.image(indices[index], variation);
    }

    @Override
    public Origin origin(int index) {
        return whole.origin(indices[index]);
    }

    @Override
    public RgbImage recorded(int index) throws IOException {
        return whole.recorded(indices[index]);
    }

    @Override
    public String manifestSha256() throws IOException {
        Manifest manifest = new Manifest().add(whole.manifestSha256());
        for (int index : indices) {
            manifest.add(Integer.toString(index));
        }
        return manifest.sha256();
    }
}
