package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A dense layer: {@code x W^T + b}. */
final class Dense {
    private final Tensor kernel;
    private final Tensor bias;

    Dense(Weights weights, String name) {
        this.kernel = weights.get(name + ".weight");
        this.bias = weights.get(name + ".bias");
    }

    /**
     * @param x {@code [..., in]}
     * @return {@code [..., out]}; the caller's scope owns it
     */
    Tensor apply(Tensor x) {
        return torch.linear(x, kernel, bias);
    }
}
