package io.patchstream.trainer.optimise;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.trainer.model.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Sharpness-aware minimisation (Foret et al. 2021): the step is taken by the gradient at the worst point within {@code rho},
 * which is found along the gradient. While open, the weights stand at that point; closing brings them back to their bits.
 *
 * <p>With an {@code alpha} it also narrows the surrogate gap, by how much the worst point is worse (GSAM, Zhuang et al. 2022).
 */
public final class Sharpness implements AutoCloseable {
    private final Weights weights;
    private final Tensor before;
    private final Tensor gradient;
    private final double alpha;
    private boolean closed;

    private Sharpness(Weights weights, Tensor before, Tensor gradient, double alpha) {
        this.weights = weights;
        this.before = before;
        this.gradient = gradient;
        this.alpha = alpha;
    }

    /** Rho of a step by GSAM's schedule: it falls with the learning rate, from {@code most} at the peak to {@code least} at none. */
    public static double rho(double least, double most, double learningRate, double peak) {
        return least + (most - least) * learningRate / peak;
    }

    /**
     * Moves the weights by {@code rho} along their present gradient; the caller closes before it steps.
     *
     * @param alpha GSAM's; 0 for sharpness alone
     */
    @MustBeClosed
    public static Sharpness ascend(Weights weights, double rho, double alpha) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false)) {
            Tensor before = weights.flat().clone().retainReference();
            double norm = weights.gradient().norm().item_double();
            if (norm > 0) {
                weights.flat().add_(weights.gradient(), new Scalar(rho / norm));
            }
            Tensor gradient = alpha > 0 ? weights.gradient().clone().retainReference() : null;
            return new Sharpness(weights, before, gradient, alpha);
        }
    }

    /**
     * Takes from the gradient, now that of the worst point, alpha times what of the first is perpendicular to it: that changes the
     * loss where the weights were and, to first order, not the worst.
     */
    public void narrowGap() {
        if (gradient == null) {
            return;
        }
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false)) {
            Tensor worst = weights.gradient();
            double length = worst.square().sum().item_double();
            double along = length > 0 ? gradient.dot(worst).item_double() / length : 0;
            worst.mul_(new Scalar(1 + alpha * along)).sub_(gradient, new Scalar(alpha));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try (AutoGradMode constant = new AutoGradMode(false)) {
                weights.flat().copy_(before);
            }
            before.releaseReference();
            if (gradient != null) {
                gradient.releaseReference();
            }
        }
    }
}
