package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A dense layer: {@code x W^T + b}; without b where the model has none of it. */
final class Dense {
    private final Tensor kernel;
    private final Tensor bias;

    Dense(Weights weights, String name) {
        this.kernel = weights.get(name + ".weight");
        this.bias = weights.has(name + ".bias") ? weights.get(name + ".bias") : null;
    }

    /**
     * @param x {@code [..., in]}
     * @return {@code [..., out]}; the caller's scope owns it
     */
    Tensor apply(Tensor x) {
        return torch.linear(x, kernel, bias == null ? new TensorOptional() : new TensorOptional(bias));
    }
}
