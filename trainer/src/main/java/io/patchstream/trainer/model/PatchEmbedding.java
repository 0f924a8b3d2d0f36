package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The paper's tokenizer: a linear projection of each P x P patch (Dosovitskiy et al. 2021, eq. 1), as a convolution of stride P. */
final class PatchEmbedding implements TokenSource {
    private static final long[] NONE = {0, 0};
    private static final long[] UNIT = {1, 1};

    private final Tensor filter;
    private final Tensor bias;
    private final long[] stride;

    PatchEmbedding(Weights weights, ModelConfig.Patches patches) {
        this.filter = weights.get("patch_embed.proj.weight");
        this.bias = weights.get("patch_embed.proj.bias");
        this.stride = new long[] {patches.size(), patches.size()};
    }

    @Override
    public Tensor tokens(Tensor image) {
        return torch.conv2d(image, filter, new TensorOptional(bias), stride, NONE, UNIT, 1) // [B, D, H/P, W/P]
                .flatten(2, -1) // [B, D, N]
                .transpose(1, 2); // [B, N, D]
    }
}
