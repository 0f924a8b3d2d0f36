package io.patchstream.trainer.evaluate;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * All pairs of pictures whose embeddings are almost parallel.
 *
 * @param cosine from which on they are
 */
public record SimilarPairs(double cosine) {
    private static final int BLOCK = 512;

    /** Called with the indices of two pictures, the smaller first. */
    @FunctionalInterface
    public interface Pairs {
        void accept(int one, int other);
    }

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
            Tensor units = torch.from_blob(
                    new FloatPointer(NearestNeighbours.unit(answers)),
                    new long[] {n, d},
                    new TensorOptions(torch.ScalarType.Float));
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
