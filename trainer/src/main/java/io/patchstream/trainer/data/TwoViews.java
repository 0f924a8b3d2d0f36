package io.patchstream.trainer.data;

import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.util.List;

/** The same examples seen in two ways; the variation decides which, so that a share of all variations is the second. */
public final class TwoViews implements Dataset {
    private static final double STEPS = 1 << 16;

    private final Dataset first;
    private final Dataset second;
    private final double share;

    /**
     * Both views must have the same examples in the same order.
     *
     * @param share of the second view, from 0 to 1
     */
    public TwoViews(Dataset first, Dataset second, double share) {
        if (first.size() != second.size() || !first.labels().equals(second.labels())) {
            throw new IllegalArgumentException("the two views have " + first.size() + " and " + second.size()
                    + " examples; they must be of the same examples");
        }
        this.first = first;
        this.second = second;
        this.share = share;
    }

    @Override
    public int size() {
        return first.size();
    }

    @Override
    public int label(int index) {
        return first.label(index);
    }

    @Override
    public List<String> labels() {
        return first.labels();
    }

    @Override
    public RgbImage image(int index, long variation) throws IOException {
        boolean isSecond = (variation >>> 48) / STEPS < share;
        return (isSecond ? second : first).image(index, variation);
    }

    @Override
    public Origin origin(int index) {
        return first.origin(index);
    }

    @Override
    public RgbImage recorded(int index) throws IOException {
        return first.recorded(index);
    }

    @Override
    public String manifestSha256() throws IOException {
        return new Manifest()
                .add(first.manifestSha256())
                .add(second.manifestSha256())
                .add(Double.toString(share))
                .sha256();
    }
}
