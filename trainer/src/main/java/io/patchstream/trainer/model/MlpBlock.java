package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Two dense layers with a GELU between them, D to M to D. */
final class MlpBlock {
    private final Dense fc1;
    private final Dense fc2;
    private final String approximation;
    private final double dropout;

    MlpBlock(Weights weights, String name, ModelConfig config) {
        this.fc1 = new Dense(weights, name + ".fc1");
        this.fc2 = new Dense(weights, name + ".fc2");
        this.approximation = config.gelu() == ModelConfig.Gelu.TANH ? "tanh" : "none";
        this.dropout = config.dropout();
    }

    /**
     * @param tokens {@code [B, T, D]}
     * @return {@code [B, T, D]}; the caller's scope owns it
     */
    Tensor apply(Tensor tokens, boolean training) {
        Tensor hidden = torch.gelu(fc1.apply(tokens), approximation); // [B, T, M]
        return Dropout.apply(fc2.apply(Dropout.apply(hidden, dropout, training)), dropout, training);
    }
}
