package io.patchstream.trainer.optimise;

import io.patchstream.trainer.model.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;

/**
 * Keeps the gradient's length in bounds: clip by global norm, as in the paper.
 *
 * @param most the longest that a gradient may be; 0 leaves every gradient
 */
public record GradientClip(double most) {
    public GradientClip {
        if (!(most >= 0)) {
            throw new IllegalArgumentException("a gradient cannot be clipped to a norm of " + most);
        }
    }

    /** Shortens the gradient in place; returns its length before that. */
    public double apply(Weights weights) {
        try (PointerScope scope = new PointerScope()) {
            double norm = weights.gradient().norm().item_double();
            if (most > 0 && norm > most) {
                weights.gradient().mul_(new Scalar(most / norm));
            }
            return norm;
        }
    }
}
