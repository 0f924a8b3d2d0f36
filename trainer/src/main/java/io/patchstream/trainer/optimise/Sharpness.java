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
 */
public final class Sharpness implements AutoCloseable {
    private final Weights weights;
    private final Tensor before;
    private boolean closed;

    private Sharpness(Weights weights, Tensor before) {
        this.weights = weights;
        this.before = before;
    }

    /** Moves the weights by {@code rho} along their present gradient; the caller closes before it steps. */
    @MustBeClosed
    public static Sharpness ascend(Weights weights, double rho) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false)) {
            Tensor before = weights.flat().clone().retainReference();
            double norm = weights.gradient().norm().item_double();
            if (norm > 0) {
                weights.flat().add_(weights.gradient(), new Scalar(rho / norm));
            }
            return new Sharpness(weights, before);
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
        }
    }
}
