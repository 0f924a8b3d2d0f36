package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.ModelOptions.Positions;
import io.patchstream.trainer.model.ModelOptions.PositionsAt;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's tensors as timm has them: tokens one by one, positions as a table. What differs from ours is taken apart here, so
 * that the libraries' forms need to rename only.
 */
final class PlainTensors {
    private final ModelConfig config;
    private final Map<String, HostTensor> tensors;

    private PlainTensors(ModelConfig config, Map<String, HostTensor> tensors) {
        this.config = config;
        this.tensors = tensors;
    }

    /** Why no library of others has a place for the model; empty when one may. */
    static List<String> refusals(ModelConfig config) {
        List<String> refusals = new ArrayList<>();
        if (!(config.tokenizer() instanceof Patches)) {
            refusals.add("a tokenizer that is no patch embedding");
        }
        if (config.pooling() == Pooling.SEQUENCE) {
            refusals.add("sequence pooling");
        }
        if (config.options().positions() == Positions.RELATIVE
                || config.options().positions() == Positions.RELATIVE_KEYS) {
            refusals.add("relative positions");
        }
        if (config.options().positionsAt() != PositionsAt.INPUT) {
            refusals.add("positions before every block");
        }
        if (config.options().representation() > 0) {
            refusals.add("a representation layer (pre_logits)");
        }
        return refusals;
    }

    /** By timm's names; a model that {@link #refusals} has nothing against. */
    static Map<String, HostTensor> of(TrainedModel model) {
        PlainTensors plain = new PlainTensors(model.config(), new LinkedHashMap<>(model.parameters()));
        plain.positionsAsTable();
        plain.tokensOneByOne();
        plain.patchBiasIntoPositions();
        return plain.tensors;
    }

    private void positionsAsTable() {
        HostTensor table = new PositionTable(config, new Parameters(tensors))
                .atInput()
                .orElseGet(() -> {
                    int rows = config.tokens() + config.prefixTokens();
                    return HostTensor.of(new float[rows * config.hiddenSize()], 1, rows, config.hiddenSize());
                });
        tensors.remove("pos_embed_rows");
        tensors.remove("pos_embed_columns");
        tensors.put("pos_embed", table);
    }

    private void tokensOneByOne() {
        if (!config.hasClassToken()) {
            return;
        }
        int d = config.hiddenSize();
        float[] rows = tensors.get("cls_token").values();
        tensors.put("cls_token", HostTensor.of(Arrays.copyOf(rows, d), 1, 1, d));
        int answering = config.answeringTokens();
        if (config.options().distilled()) {
            tensors.put("dist_token", HostTensor.of(Arrays.copyOfRange(rows, d, 2 * d), 1, 1, d));
        }
        if (config.registers() > 0) {
            float[] registers = Arrays.copyOfRange(rows, answering * d, rows.length);
            tensors.put("reg_token", HostTensor.of(registers, 1, config.registers(), d));
        }
    }

    /** Encoders with a norm before the first block have patches without a bias: a position of every patch has it instead. */
    private void patchBiasIntoPositions() {
        if (!config.options().preNorm()) {
            return;
        }
        float[] bias = tensors.remove("patch_embed.proj.bias").values();
        HostTensor table = tensors.get("pos_embed");
        float[] values = table.values().clone();
        for (int i = config.prefixTokens() * bias.length; i < values.length; i++) {
            values[i] += bias[i % bias.length];
        }
        tensors.put("pos_embed", new HostTensor(table.shape(), values));
    }
}
