package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelOptions.Positions;
import io.patchstream.trainer.model.ModelOptions.PositionsAt;
import io.patchstream.trainer.model.RelativeOffsets;
import io.patchstream.trainer.model.SinCosPositions;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.Optional;

/** Every kind of position embedding as a constant: a sum for the tokens, or a bias for attention. */
final class PositionTable {
    private final ModelConfig config;
    private final Parameters parameters;

    PositionTable(ModelConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
    }

    /** What is added to all tokens before the first block alone, {@code [1, T, D]}. */
    Optional<HostTensor> atInput() {
        return config.options().positionsAt() == PositionsAt.INPUT ? table("") : Optional.empty();
    }

    /** What is added to all tokens before this block, as before every other: {@code [1, T, D]}. */
    Optional<HostTensor> before(int block) {
        return switch (config.options().positionsAt()) {
            case INPUT -> Optional.empty();
            case EVERY_BLOCK -> table("blocks." + block + ".");
            case EVERY_BLOCK_SHARED -> table("");
        };
    }

    private Optional<HostTensor> table(String place) {
        int d = config.hiddenSize();
        int side = config.gridSide();
        return switch (config.options().positions()) {
            case LEARNED ->
                Optional.of(parameters.get(place + "pos_embed", 1, config.tokens() + (long) config.prefixTokens(), d));
            case SIN_COS ->
                Optional.of(afterPrefix(SinCosPositions.table(side, d).values()));
            case AXES -> Optional.of(afterPrefix(axes(place, side, d / 2)));
            case NONE, RELATIVE, RELATIVE_KEYS -> Optional.empty();
        };
    }

    private float[] axes(String place, int side, int half) {
        float[] rows = parameters.get(place + "pos_embed_rows", side, half).values();
        float[] columns =
                parameters.get(place + "pos_embed_columns", side, half).values();
        float[] table = new float[side * side * 2 * half];
        for (int token = 0; token < side * side; token++) {
            System.arraycopy(rows, token / side * half, table, 2 * token * half, half);
            System.arraycopy(columns, token % side * half, table, (2 * token + 1) * half, half);
        }
        return table;
    }

    /** Zero for the tokens before the image's. */
    private HostTensor afterPrefix(float[] image) {
        int d = config.hiddenSize();
        float[] all = new float[image.length + config.prefixTokens() * d];
        System.arraycopy(image, 0, all, config.prefixTokens() * d, image.length);
        return HostTensor.of(all, 1, all.length / d, d);
    }

    /** What is added to attention's scores in a block, {@code [1, h, queries, T]}. */
    Optional<HostTensor> attentionBias(String block, int queries) {
        if (config.options().positions() != Positions.RELATIVE) {
            return Optional.empty();
        }
        int heads = config.heads();
        int tokens = config.tokens() + config.prefixTokens();
        float[] table = parameters
                .get(block + RelativeOffsets.TABLE, RelativeOffsets.count(config), heads)
                .values();
        long[] index = RelativeOffsets.index(config);
        float[] bias = new float[heads * queries * tokens];
        for (int head = 0; head < heads; head++) {
            for (int pair = 0; pair < queries * tokens; pair++) {
                bias[head * queries * tokens + pair] = table[Math.toIntExact(index[pair]) * heads + head];
            }
        }
        return Optional.of(HostTensor.of(bias, 1, heads, queries, tokens));
    }
}
