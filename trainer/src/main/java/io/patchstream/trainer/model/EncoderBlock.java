package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;

/** One pre-norm transformer block (Dosovitskiy et al. 2021, eq. 2 and 3). */
final class EncoderBlock {
    private final LayerNorm norm1;
    private final SelfAttention attention;
    private final LayerNorm norm2;
    private final MlpBlock mlp;
    private final Tensor scale1;
    private final Tensor scale2;
    private final double dropout;
    private final double branchDropout;

    EncoderBlock(Weights weights, int index, ModelConfig config) {
        String name = "blocks." + index;
        this.norm1 = new LayerNorm(weights, name + ".norm1", config);
        this.attention = new SelfAttention(weights, index, config);
        this.norm2 = new LayerNorm(weights, name + ".norm2", config);
        this.mlp = new MlpBlock(weights, name + ".mlp", config);
        this.scale1 = weights.has(name + ".ls1.gamma") ? weights.get(name + ".ls1.gamma") : null;
        this.scale2 = weights.has(name + ".ls2.gamma") ? weights.get(name + ".ls2.gamma") : null;
        this.dropout = config.dropout();
        this.branchDropout = config.layers() == 1 ? 0 : config.stochasticDepth() * index / (config.layers() - 1);
    }

    /**
     * @param tokens {@code [B, T, D]}
     * @param observer sees the attention
     * @return {@code [B, T, D]}; the caller's scope owns it
     */
    Tensor apply(Tensor tokens, boolean training, ForwardObserver observer) {
        Tensor attended =
                Dropout.apply(scaled(attention.apply(norm1.apply(tokens), observer), scale1), dropout, training);
        Tensor middle = tokens.add(Dropout.branch(attended, branchDropout, training));
        return middle.add(
                Dropout.branch(scaled(mlp.apply(norm2.apply(middle), training), scale2), branchDropout, training));
    }

    /** LayerScale: each feature of a branch times a learned factor (Touvron et al. 2021b). */
    private static Tensor scaled(Tensor branch, Tensor gamma) {
        return gamma == null ? branch : branch.mul(gamma);
    }
}
