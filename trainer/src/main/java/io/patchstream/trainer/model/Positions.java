package io.patchstream.trainer.model;

import io.patchstream.trainer.model.ModelOptions.PositionsAt;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** What is added to tokens to tell where they are, by {@link ModelOptions.Positions} and {@link PositionsAt}. */
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
        if (!atInput()) {
            return tokens;
        }
        return switch (config.options().positions()) {
            case AXES -> tokens.add(axes(""));
            case SIN_COS -> tokens.add(Tensors.of(SinCosPositions.table(config.gridSide(), config.hiddenSize())));
            case LEARNED, NONE, RELATIVE, RELATIVE_KEYS -> tokens;
        };
    }

    /**
     * @param tokens {@code [B, T, D]}
     * @return {@code [B, T, D]}; the caller's scope owns it
     */
    Tensor addToAll(Tensor tokens) {
        return atInput() && config.options().positions() == ModelOptions.Positions.LEARNED
                ? tokens.add(weights.get("pos_embed"))
                : tokens;
    }

    /**
     * Positions that are added before every block.
     *
     * @param tokens {@code [B, T, D]}
     * @return {@code [B, T, D]}; the caller's scope owns it
     */
    Tensor addBefore(int block, Tensor tokens) {
        if (atInput()) {
            return tokens;
        }
        String place = config.options().positionsAt() == PositionsAt.EVERY_BLOCK ? "blocks." + block + "." : "";
        if (config.options().positions() == ModelOptions.Positions.LEARNED) {
            return tokens.add(weights.get(place + "pos_embed"));
        }
        long prefix = config.prefixTokens();
        Tensor image = tokens.narrow(1, prefix, config.tokens()).add(axes(place));
        return prefix == 0 ? image : torch.cat(new TensorVector(tokens.narrow(1, 0, prefix), image), 1);
    }

    private boolean atInput() {
        return config.options().positionsAt() == PositionsAt.INPUT;
    }

    /** {@code [S * S, D]}: the row's vector, then the column's. */
    private Tensor axes(String place) {
        long side = config.gridSide();
        Tensor rows =
                weights.get(place + "pos_embed_rows").repeat_interleave(side, new LongOptional(0), new LongOptional());
        Tensor columns = weights.get(place + "pos_embed_columns").repeat(side, 1);
        return torch.cat(new TensorVector(rows, columns), 1);
    }
}
