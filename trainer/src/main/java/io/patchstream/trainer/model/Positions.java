package io.patchstream.trainer.model;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** What tells image tokens where they are before the first block, by {@link ModelOptions.Positions}. */
final class Positions {
    private final ModelConfig config;
    private final Weights weights;

    Positions(ModelConfig config, Weights weights) {
        this.config = config;
        this.weights = weights;
    }

    /**
     * Positions that a table of image tokens gives; learned ones of all tokens are added by {@link #addToAll}.
     *
     * @param tokens {@code [B, N, D]}
     * @return {@code [B, N, D]}; the caller's scope owns it
     */
    Tensor addToImage(Tensor tokens) {
        return switch (config.options().positions()) {
            case AXES -> tokens.add(axes());
            case SIN_COS -> tokens.add(Tensors.of(SinCosPositions.table(config.gridSide(), config.hiddenSize())));
            case LEARNED, NONE, RELATIVE -> tokens;
        };
    }

    /**
     * @param tokens {@code [B, T, D]}
     * @return {@code [B, T, D]}; the caller's scope owns it
     */
    Tensor addToAll(Tensor tokens) {
        return config.options().positions() == ModelOptions.Positions.LEARNED
                ? tokens.add(weights.get("pos_embed"))
                : tokens;
    }

    /** {@code [S * S, D]}: the row's vector, then the column's. */
    private Tensor axes() {
        long side = config.gridSide();
        Tensor rows = weights.get("pos_embed_rows").repeat_interleave(side, new LongOptional(0), new LongOptional());
        Tensor columns = weights.get("pos_embed_columns").repeat(side, 1);
        return torch.cat(new TensorVector(rows, columns), 1);
    }
}
