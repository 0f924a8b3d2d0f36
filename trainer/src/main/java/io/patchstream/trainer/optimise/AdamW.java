package io.patchstream.trainer.optimise;

import io.patchstream.trainer.model.Weights;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch has it: the decay of a step is learning rate
 * times weight decay, on kernels only.
 */
public sealed class AdamW implements Optimiser permits Muon {
    private final Weights weights;
    private final double weightDecay;
    private final Rates rates;
    private final AdamMoments moments;

    /** @param rates how much of the learning rate each parameter takes; the caller closes them after this */
    public AdamW(Weights weights, double beta1, double beta2, double weightDecay, Rates rates) {
        this.weights = weights;
        this.rates = rates;
        this.weightDecay = weightDecay;
        this.moments = new AdamMoments(weights.count(), beta1, beta2);
    }

    @Override
    public void step(long step, double learningRate) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false)) {
            rates.shrink(weights.flat(), weights.decaying(), learningRate * weightDecay);
            rates.move(weights.flat(), direction(weights, moments, step), learningRate);
        }
    }

    /** Where all weights move to in a step; the caller's scope owns it. */
    Tensor direction(Weights ofModel, AdamMoments kept, long step) {
        return kept.direction(ofModel.gradient(), step);
    }

    @Override
    public Map<String, Tensor> moments() {
        return moments.byName();
    }

    @Override
    public void close() {
        moments.close();
    }
}
