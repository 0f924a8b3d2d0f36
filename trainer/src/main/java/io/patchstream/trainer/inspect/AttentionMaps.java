package io.patchstream.trainer.inspect;

import io.patchstream.trainer.evaluate.Observation;

/** What attention weights say: where each head looks, and which patches an answer comes from. */
public final class AttentionMaps {
    private AttentionMaps() {}

    /**
     * Mean distance in pixels over which each head takes information (Dosovitskiy et al. 2021, fig. 7): over pictures and
     * query patches, the sum of attention times the distance between patch centres. Class token and registers have no
     * place and are left out; what goes to them counts as no distance.
     *
     * @return {@code [L][h]}
     */
    public static double[][] distance(Observation seen) {
        int prefix = seen.config().prefixTokens();
        int n = seen.config().tokens();
        int side = side(n);
        double pixels = seen.config().imageSize() / (double) side;
        double[][] distance = new double[seen.config().layers()][seen.config().heads()];
        for (int block = 0; block < distance.length; block++) {
            for (int head = 0; head < distance[block].length; head++) {
                for (int picture = 0; picture < seen.count(); picture++) {
                    for (int i = 0; i < n; i++) {
                        for (int j = 0; j < n; j++) {
                            double apart = pixels * Math.hypot(i / side - j / side, i % side - j % side);
                            distance[block][head] +=
                                    seen.attention(block, picture, head, i + prefix, j + prefix) * apart;
                        }
                    }
                }
                distance[block][head] /= (double) seen.count() * n;
            }
        }
        return distance;
    }

    /**
     * Attention rollout (Abnar and Zuidema 2020): heads averaged, half of each token kept by the residual, blocks
     * multiplied. Only what the embedding is made of is followed, from the last block back to the first.
     *
     * @return the share of the embedding of {@code picture} that comes from each patch, {@code [N]}, without the share of class
     *     token and registers
     */
    public static double[] rollout(Observation seen, int picture) {
        int t = seen.tokens();
        int heads = seen.config().heads();
        double[] share = seen.pooling(picture);
        for (int block = seen.config().layers() - 1; block >= 0; block--) {
            double[] before = new double[t];
            for (int i = 0; i < t; i++) {
                for (int j = 0; j < t; j++) {
                    double mean = 0;
                    for (int head = 0; head < heads; head++) {
                        mean += seen.attention(block, picture, head, i, j) / heads;
                    }
                    // Row i of (A + I) / 2 sums to 1 as it is: the rows are tokens that receive.
                    before[j] += share[i] * (mean + (i == j ? 1 : 0)) / 2;
                }
            }
            share = before;
        }
        return java.util.Arrays.copyOfRange(share, seen.config().prefixTokens(), t);
    }

    /** The grid's side of {@code n} patches. */
    static int side(int n) {
        int side = (int) Math.round(Math.sqrt(n));
        if (side * side != n) {
            throw new IllegalArgumentException(n + " patches are no square");
        }
        return side;
    }
}
