package io.patchstream.trainer.optimise;

import io.patchstream.trainer.model.Weights;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Gradient descent with momentum, the paper's choice for fine-tuning. Weight decay adds to the gradient, on kernels only,
 * as PyTorch has it.
 */
public final class Sgd implements Optimiser {
    private final Weights weights;
    private final double momentum;
    private final double weightDecay;
    private final Rates rates;
    private final Tensor velocity;
    private boolean closed;

    /** @param rates how much of the learning rate each parameter takes; the caller closes them after this */
    public Sgd(Weights weights, double momentum, double weightDecay, Rates rates) {
        this.weights = weights;
        this.rates = rates;
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        try (PointerScope scope = new PointerScope()) {
            this.velocity = torch.zeros(weights.count()).retainReference();
        }
    }

    @Override
    public void step(long step, double learningRate) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false)) {
            Tensor gradient = weights.gradient();
            if (weightDecay > 0) {
                Tensor kernels = weights.flat().narrow(0, 0, weights.decaying());
                gradient.narrow(0, 0, weights.decaying()).add_(kernels, new Scalar(weightDecay));
            }
            velocity.mul_(new Scalar(momentum)).add_(gradient);
            rates.move(weights.flat(), velocity, learningRate);
        }
    }

    @Override
    public Map<String, Tensor> moments() {
        return Map.of("velocity", velocity);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            velocity.releaseReference();
        }
    }
}
