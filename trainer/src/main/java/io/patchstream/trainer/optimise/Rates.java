package io.patchstream.trainer.optimise;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.trainer.model.Weights;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How much of the learning rate each parameter takes: all of it; less towards the input (layer-wise decay, Clark et al.
 * 2020); or nothing, for parameters that are frozen. Weight decay follows the same factor, so what is frozen stays as it is
 * to the last bit.
 *
 * <p>Owns one vector as long as the weights, or none where all factors are 1.
 */
public final class Rates implements AutoCloseable {
    private final Optional<Tensor> factors;
    private boolean closed;

    private Rates(Optional<Tensor> factors) {
        this.factors = factors;
    }

    /** The whole learning rate for every parameter. */
    @MustBeClosed
    public static Rates equal() {
        return new Rates(Optional.empty());
    }

    /** By the parameter's name. */
    @MustBeClosed
    public static Rates of(Weights weights, ToDoubleFunction<String> factor) {
        if (weights.names().stream().allMatch(name -> factor.applyAsDouble(name) == 1)) {
            return equal();
        }
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false)) {
            Tensor vector = torch.ones(weights.count());
            for (String name : weights.names()) {
                weights.window(vector, name).fill_(new Scalar(factor.applyAsDouble(name)));
            }
            return new Rates(Optional.of(vector.retainReference()));
        }
    }

    /** {@code parameters -= rate * factors * direction}, in place; all {@code [count]}. */
    void move(Tensor parameters, Tensor direction, double rate) {
        if (factors.isPresent()) {
            parameters.addcmul_(direction, factors.get(), new Scalar(-rate));
        } else {
            parameters.add_(direction, new Scalar(-rate));
        }
    }

    /** Shrinks the first {@code decaying} parameters in place by {@code share} of themselves, times their factors. */
    void shrink(Tensor parameters, long decaying, double share) {
        Tensor kernels = parameters.narrow(0, 0, decaying);
        if (factors.isPresent()) {
            kernels.addcmul_(kernels, factors.get().narrow(0, 0, decaying), new Scalar(-share));
        } else {
            kernels.mul_(new Scalar(1 - share));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            factors.ifPresent(Tensor::releaseReference);
        }
    }
}
