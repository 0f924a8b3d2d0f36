package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Two dense layers, D to M to D, with a GELU between them or a gate ({@link ModelOptions.Mlp}). */
final class MlpBlock {
    private static final double QUICK = 1.702;

    private final Dense fc1;
    private final Dense fc2;
    private final ModelOptions.Mlp form;
    private final ModelConfig.Gelu gelu;
    private final double dropout;

    MlpBlock(Weights weights, String name, ModelConfig config) {
        this(weights, name, config, config.options().mlp());
    }

    private MlpBlock(Weights weights, String name, ModelConfig config, ModelOptions.Mlp form) {
        this.fc1 = new Dense(weights, name + ".fc1");
        this.fc2 = new Dense(weights, name + ".fc2");
        this.form = form;
        this.gelu = config.gelu();
        this.dropout = config.dropout();
    }

    /** One without a gate, whatever the encoder's blocks have. */
    static MlpBlock plain(Weights weights, String name, ModelConfig config) {
        return new MlpBlock(weights, name, config, ModelOptions.Mlp.PLAIN);
    }

    /**
     * @param tokens {@code [B, T, D]}
     * @return {@code [B, T, D]}; the caller's scope owns it
     */
    Tensor apply(Tensor tokens, boolean training) {
        Tensor hidden = activated(fc1.apply(tokens)); // [B, T, M]
        return Dropout.apply(fc2.apply(Dropout.apply(hidden, dropout, training)), dropout, training);
    }

    private Tensor activated(Tensor x) {
        if (form == ModelOptions.Mlp.GATED) {
            long m = x.size(-1) / 2;
            return torch.silu(x.narrow(-1, 0, m)).mul(x.narrow(-1, m, m));
        }
        return switch (gelu) {
            case ERF -> torch.gelu(x, "none");
            case TANH -> torch.gelu(x, "tanh");
            case QUICK -> x.mul(x.mul(new Scalar(QUICK)).sigmoid());
        };
    }
}
