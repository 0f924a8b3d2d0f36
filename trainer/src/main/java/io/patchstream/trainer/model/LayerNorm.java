package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layer normalisation over the last dimension, D. */
final class LayerNorm {
    private final Tensor scale;
    private final Tensor bias;
    private final long[] shape;
    private final double epsilon;

    LayerNorm(Weights weights, String name, ModelConfig config) {
        this.scale = weights.get(name + ".weight");
        this.bias = weights.get(name + ".bias");
        this.shape = new long[] {config.hiddenSize()};
        this.epsilon = config.layerNormEpsilon();
    }

    /**
     * @param x {@code [..., D]}
     * @return {@code [..., D]}; the caller's scope owns it
     */
    Tensor apply(Tensor x) {
        return torch.layer_norm(x, shape, new TensorOptional(scale), new TensorOptional(bias), epsilon, false);
    }
}
