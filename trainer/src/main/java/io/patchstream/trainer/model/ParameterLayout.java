package io.patchstream.trainer.model;

import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.ModelConfig.ResNet;
import io.patchstream.trainer.model.ModelOptions.FinalNorm;
import io.patchstream.trainer.model.ModelOptions.Mlp;
import io.patchstream.trainer.model.ModelOptions.Positions;
import io.patchstream.trainer.model.ModelOptions.PositionsAt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Every parameter of a model: its name, shape and role, in timm's order. It is the one place that knows them, so that a
 * model's size is known without its memory being taken.
 */
public final class ParameterLayout {
    private static final int COLOURS = 3;

    /** What a parameter is for: decides how it begins and whether it decays. */
    public enum Role {
        /** A dense layer's weight {@code [out, in]}. */
        KERNEL,
        /** A convolution's weight {@code [out, in, h, w]}. */
        FILTER,
        /** The patch embedding's weight {@code [D, 3, P, P]}. */
        PATCH_FILTER,
        /** The classifier's weight {@code [K, D]}. */
        HEAD_KERNEL,
        /** Any bias but the MLP's. */
        BIAS,
        /** A bias of an MLP block, which the paper's code begins at N(0, 1e-6) and not at 0. */
        MLP_BIAS,
        /** A layer norm's weight. */
        NORM_SCALE,
        /** A norm's weight that begins at zero. */
        ZERO_SCALE,
        /** LayerScale's factors {@code [D]}. */
        LAYER_SCALE,
        /** The class token, the distillation token and the registers {@code [1, 1+R, D]}. */
        CLASS_TOKEN,
        /** The query of attention pooling {@code [1, 1, D]}. */
        LATENT,
        /** The position embedding {@code [1, N+1+R, D]}, or {@code [1, N, D]} without a class token; its likes. */
        POSITION;

        /** Whether weight decay applies: to kernels only, as in the paper's code; not to biases, norms, class token, positions. */
        public boolean decays() {
            return hidden() || this == PATCH_FILTER || this == HEAD_KERNEL;
        }

        /** Whether it makes a layer's inside: neither the embedding of patches nor the classifier. */
        public boolean hidden() {
            return this == KERNEL || this == FILTER;
        }
    }

    /** One parameter. */
    public static final class Entry {
        private final String name;
        private final Role role;
        private final long[] shape;

        private Entry(String name, Role role, long... shape) {
            this.name = name;
            this.role = role;
            this.shape = shape;
        }

        /** timm's name. */
        public String name() {
            return name;
        }

        public Role role() {
            return role;
        }

        /** A copy of the shape. */
        public long[] shape() {
            return shape.clone();
        }

        /** Number of elements. */
        public long count() {
            return Arrays.stream(shape).reduce(1, Math::multiplyExact);
        }
    }

    private final List<Entry> entries;

    private ParameterLayout(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** The parameters of a model of this architecture. */
    public static ParameterLayout of(ModelConfig config) {
        List<Entry> entries = new ArrayList<>();
        long d = config.hiddenSize();
        if (config.hasClassToken()) {
            entries.add(new Entry("cls_token", Role.CLASS_TOKEN, 1, config.prefixTokens(), d));
        }
        if (config.options().positionsAt() != PositionsAt.EVERY_BLOCK) {
            positions(entries, "", config);
        }
        if (config.tokenizer() instanceof Patches patches) {
            entries.add(new Entry(
                    "patch_embed.proj.weight", Role.PATCH_FILTER, d, COLOURS, patches.size(), patches.size()));
            entries.add(new Entry("patch_embed.proj.bias", Role.BIAS, d));
        } else if (config.tokenizer() instanceof ResNet net) {
            ResNetLayout.list(net, d, (name, role, shape) -> entries.add(new Entry(name, role, shape)));
        } else if (config.tokenizer() instanceof Convolutions convolutions) {
            long in = COLOURS;
            for (int i = 0; i < convolutions.layers(); i++) {
                long out = i == convolutions.layers() - 1 ? d : convolutions.channels();
                entries.add(new Entry(
                        "tokenizer.convs." + i + ".weight",
                        Role.FILTER,
                        out,
                        in,
                        convolutions.kernel(),
                        convolutions.kernel()));
                in = out;
            }
        }
        if (config.options().preNorm()) {
            norm(entries, "norm_pre", d);
        }
        for (int i = 0; i < config.layers(); i++) {
            block(entries, "blocks." + i + ".", config);
        }
        if (config.normsTokens()) {
            norm(entries, "norm", d);
        }
        pooling(entries, config, d);
        if (config.options().finalNorm() == FinalNorm.AFTER_POOLING) {
            norm(entries, "fc_norm", d);
        }
        if (config.options().representation() > 0) {
            dense(entries, "pre_logits", Role.KERNEL, Role.BIAS, config.embeddingSize(), d);
        }
        dense(entries, "head", Role.HEAD_KERNEL, Role.BIAS, config.classes(), config.embeddingSize());
        if (config.options().distilled()) {
            dense(entries, "head_dist", Role.HEAD_KERNEL, Role.BIAS, config.classes(), config.embeddingSize());
        }
        return new ParameterLayout(entries);
    }

    /** With what a training needs besides the model, at the end. */
    public static ParameterLayout of(ModelConfig config, Optional<PatchPrediction> prediction) {
        ParameterLayout model = of(config);
        if (prediction.isEmpty()) {
            return model;
        }
        List<Entry> entries = new ArrayList<>(model.entries());
        long d = config.hiddenSize();
        entries.add(new Entry(PatchPrediction.MASK, Role.CLASS_TOKEN, 1, d));
        dense(
                entries,
                PatchPrediction.HEAD,
                Role.HEAD_KERNEL,
                Role.BIAS,
                prediction.get().outputs(),
                d);
        return new ParameterLayout(entries);
    }

    private static void positions(List<Entry> entries, String place, ModelConfig config) {
        long d = config.hiddenSize();
        switch (config.options().positions()) {
            case LEARNED ->
                entries.add(
                        new Entry(place + "pos_embed", Role.POSITION, 1, config.tokens() + config.prefixTokens(), d));
            case AXES -> {
                entries.add(new Entry(place + "pos_embed_rows", Role.POSITION, config.gridSide(), d / 2));
                entries.add(new Entry(place + "pos_embed_columns", Role.POSITION, config.gridSide(), d / 2));
            }
            case NONE, RELATIVE, RELATIVE_KEYS, SIN_COS -> {
                // no parameters that are added to tokens
            }
        }
    }

    private static void block(List<Entry> entries, String block, ModelConfig config) {
        ModelOptions options = config.options();
        long d = config.hiddenSize();
        long m = config.mlpSize();
        if (options.positionsAt() == PositionsAt.EVERY_BLOCK) {
            positions(entries, block, config);
        }
        norm(entries, block + "norm1", d);
        entries.add(new Entry(block + "attn.qkv.weight", Role.KERNEL, 3 * d, d));
        if (options.qkvBias()) {
            entries.add(new Entry(block + "attn.qkv.bias", Role.BIAS, 3 * d));
        }
        if (options.positions() == Positions.RELATIVE) {
            entries.add(new Entry(
                    block + RelativeOffsets.TABLE, Role.POSITION, RelativeOffsets.count(config), config.heads()));
        } else if (options.positions() == Positions.RELATIVE_KEYS) {
            entries.add(new Entry(
                    block + RelativeKeys.TABLE, Role.POSITION, RelativeKeys.count(config), d / config.heads()));
        }
        dense(entries, block + "attn.proj", Role.KERNEL, Role.BIAS, d, d);
        layerScale(entries, block + "ls1", options, d);
        norm(entries, block + "norm2", d);
        dense(entries, block + "mlp.fc1", Role.KERNEL, Role.MLP_BIAS, options.mlp() == Mlp.GATED ? 2 * m : m, d);
        dense(entries, block + "mlp.fc2", Role.KERNEL, Role.MLP_BIAS, d, m);
        layerScale(entries, block + "ls2", options, d);
    }

    private static void layerScale(List<Entry> entries, String name, ModelOptions options, long d) {
        if (options.layerScale() > 0) {
            entries.add(new Entry(name + ".gamma", Role.LAYER_SCALE, d));
        }
    }

    private static void pooling(List<Entry> entries, ModelConfig config, long d) {
        if (config.pooling() == Pooling.SEQUENCE) {
            dense(entries, "sequence_pool", Role.KERNEL, Role.BIAS, 1, d);
        } else if (config.pooling() == Pooling.MAP) {
            entries.add(new Entry("attn_pool.latent", Role.LATENT, 1, 1, d));
            dense(entries, "attn_pool.q", Role.KERNEL, Role.BIAS, d, d);
            dense(entries, "attn_pool.kv", Role.KERNEL, Role.BIAS, 2 * d, d);
            dense(entries, "attn_pool.proj", Role.KERNEL, Role.BIAS, d, d);
            norm(entries, "attn_pool.norm", d);
            dense(entries, "attn_pool.mlp.fc1", Role.KERNEL, Role.MLP_BIAS, config.mlpSize(), d);
            dense(entries, "attn_pool.mlp.fc2", Role.KERNEL, Role.MLP_BIAS, d, config.mlpSize());
        }
    }

    private static void norm(List<Entry> entries, String name, long d) {
        entries.add(new Entry(name + ".weight", Role.NORM_SCALE, d));
        entries.add(new Entry(name + ".bias", Role.BIAS, d));
    }

    private static void dense(List<Entry> entries, String name, Role kernel, Role bias, long out, long in) {
        entries.add(new Entry(name + ".weight", kernel, out, in));
        entries.add(new Entry(name + ".bias", bias, out));
    }

    /** In timm's order. */
    public List<Entry> entries() {
        return entries;
    }

    /** Parameters of the whole model. */
    public long count() {
        return entries.stream().mapToLong(Entry::count).sum();
    }
}
