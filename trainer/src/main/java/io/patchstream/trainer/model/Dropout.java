package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The two kinds of dropout; both draw from libtorch's generator, which the training loop seeds at each step. */
final class Dropout {
    private Dropout() {}

    /** Zeroes elements with probability {@code rate} and scales the others up; the identity unless training. */
    static Tensor apply(Tensor x, double rate, boolean training) {
        return training && rate > 0 ? torch.dropout(x, rate, true) : x;
    }

    /**
     * Stochastic depth (Huang et al. 2016): drops a residual branch for whole samples.
     *
     * @param branch {@code [B, T, D]}
     */
    static Tensor branch(Tensor branch, double rate, boolean training) {
        if (!training || rate <= 0) {
            return branch;
        }
        Tensor kept = torch.rand(branch.size(0), 1, 1).ge(new Scalar(rate)).to(branch.scalar_type());
        return branch.mul(kept.div(new Scalar(1 - rate)));
    }
}
