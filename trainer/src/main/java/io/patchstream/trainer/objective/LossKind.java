package io.patchstream.trainer.objective;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** How far logits are from target probabilities. */
public enum LossKind {
    /** Cross-entropy of a softmax: one class out of K. */
    SOFTMAX {
        @Override
        public Tensor of(Tensor logits, Tensor targets) {
            return torch.cross_entropy_loss(logits, targets);
        }
    },
    /**
     * Cross-entropy of K sigmoids, summed over classes: each class is a question of its own. What the paper pre-trains
     * with on ImageNet-21k and JFT; begin with a head bias of -10, or the first gradients are all of "no".
     */
    SIGMOID {
        @Override
        public Tensor of(Tensor logits, Tensor targets) {
            return torch.binary_cross_entropy_with_logits(logits, targets).mul(new Scalar((double) logits.size(1)));
        }
    };

    /**
     * The mean over pictures.
     *
     * @param logits float32 {@code [B, K]}
     * @param targets probabilities, float32 {@code [B, K]}
     * @return a scalar; the caller's scope owns it
     */
    public abstract Tensor of(Tensor logits, Tensor targets);
}
