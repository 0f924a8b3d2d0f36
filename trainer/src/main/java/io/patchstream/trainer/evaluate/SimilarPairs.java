package io.patchstream.trainer.evaluate;

import io.patchstream.trainer.data.Pairs;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * All pairs of pictures whose embeddings are almost parallel.
 *
 * @param cosine from which on they are
 */
public record SimilarPairs(double cosine) {
    private static final int BLOCK = 512;

    public SimilarPairs {
        if (!(cosine > -1 && cosine <= 1)) {
            throw new IllegalArgumentException("the cosine is " + cosine + "; it must be over -1 and at most 1");
        }
    }

    /** Compares all with all, a block at a time. */
    public void all(Answers answers, Pairs pairs) {
        int n = answers.size();
        int d = answers.width();
        try (PointerScope whole = new PointerScope()) {
            Tensor units = NearestNeighbours.tensor(NearestNeighbours.unit(answers), n, d); // [n, D]
            for (int from = 0; from < n; from += BLOCK) {
                try (PointerScope scope = new PointerScope()) {
                    int rows = Math.min(BLOCK, n - from);
                    Tensor block = units.narrow(0, from, rows); // [b, D]
                    Tensor rest = units.narrow(0, from, n - from); // [n - from, D]
                    Tensor found = block.matmul(rest.t())
                            .ge(new Scalar(cosine))
                            .nonzero()
                            .contiguous(); // [pairs, 2]
                    long[] indices = new long[Math.toIntExact(found.numel())];
                    if (indices.length > 0) {
                        found.data_ptr_long().get(indices);
                    }
                    for (int i = 0; i < indices.length; i += 2) {
                        if (indices[i] < indices[i + 1]) {
                            pairs.accept(from + (int) indices[i], from + (int) indices[i + 1]);
                        }
                    }
                }
            }
        }
    }
}
