package io.patchstream.trainer.optimise;

import io.patchstream.trainer.model.Weights;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch has it: the decay of a step is learning rate
 * times weight decay, on kernels only.
 */
public final class AdamW implements Optimiser {
    private static final double EPSILON = 1e-8;

    private final Weights weights;
    private final double beta1;
    private final double beta2;
    private final double weightDecay;
    private final Rates rates;
    private final Tensor first;
    private final Tensor second;
    private boolean closed;

    /** @param rates how much of the learning rate each parameter takes; the caller closes them after this */
    public AdamW(Weights weights, double beta1, double beta2, double weightDecay, Rates rates) {
        this.weights = weights;
        this.rates = rates;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.weightDecay = weightDecay;
        try (PointerScope scope = new PointerScope()) {
            this.first = torch.zeros(weights.count()).retainReference();
            this.second = torch.zeros(weights.count()).retainReference();
        }
    }

    @Override
    public void step(long step, double learningRate) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false)) {
            Tensor gradient = weights.gradient();
            rates.shrink(weights.flat(), weights.decaying(), learningRate * weightDecay);
            first.lerp_(gradient, new Scalar(1 - beta1));
            second.mul_(new Scalar(beta2)).addcmul_(gradient, gradient, new Scalar(1 - beta2));
            double firstCorrection = 1 - Math.pow(beta1, step + 1);
            double secondCorrection = 1 - Math.pow(beta2, step + 1);
            Tensor deviation =
                    second.sqrt().div_(new Scalar(Math.sqrt(secondCorrection))).add_(new Scalar(EPSILON));
            rates.move(weights.flat(), first.div(deviation), learningRate / firstCorrection);
        }
    }

    @Override
    public Map<String, Tensor> moments() {
        return Map.of("first_moment", first, "second_moment", second);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            second.releaseReference();
            first.releaseReference();
        }
    }
}
