package io.patchstream.trainer.model;

import static java.util.Objects.requireNonNull;

import io.patchstream.trainer.model.ModelOptions.Positions;
import java.util.List;

/**
 * A model's architecture, as data.
 *
 * @param name what the model is called, such as {@code ViT-B/16}
 * @param imageSize H = W in pixels
 * @param tokenizer how the image becomes tokens
 * @param hiddenSize D
 * @param layers L
 * @param heads h; divides D
 * @param mlpSize M
 * @param classes K
 * @param pooling how tokens become one embedding
 * @param gelu which form of GELU
 * @param layerNormEpsilon epsilon of every layer norm; the paper's code has 1e-6
 * @param dropout after each dense layer and the position embedding
 * @param stochasticDepth drop rate of the last block's residual branches; grows linearly from 0 at the first
 * @param normalisation what the graph does to pixel values first
 * @param registers R, learned tokens beside the class token that answer nothing (Darcet et al. 2024); they are the rows of the
 *     class token's parameter after the first. 0 when it is left out
 * @param options where the encoder departs from the paper's; {@link ModelOptions#PAPER} when it is left out
 */
public record ModelConfig(
        String name,
        int imageSize,
        Tokenizer tokenizer,
        int hiddenSize,
        int layers,
        int heads,
        int mlpSize,
        int classes,
        Pooling pooling,
        Gelu gelu,
        double layerNormEpsilon,
        double dropout,
        double stochasticDepth,
        Normalisation normalisation,
        Integer registers,
        ModelOptions options) {

    /** How the image becomes tokens. */
    public sealed interface Tokenizer {
        /** Tokens that an image of {@code imageSize} pixels gives, without the class token. */
        int tokens(int imageSize);

        /** The same with so many channels in its first convolution; itself where it has none. */
        default Tokenizer withChannels(int channels) {
            return this;
        }
    }

    /**
     * The paper's: one linear projection of P x P patches (a convolution of stride P without padding, with bias).
     *
     * @param size P
     */
    public record Patches(int size) implements Tokenizer {
        @Override
        public int tokens(int imageSize) {
            return (imageSize / size) * (imageSize / size);
        }
    }

    /**
     * The compact transformer's: {@code layers} times a convolution (no bias, stride 1, padding kernel/2), ReLU and a 3 x 3
     * max pool of stride 2, padding 1. All but the last convolution have {@code channels} outputs, the last has D.
     */
    public record Convolutions(int layers, int kernel, int channels) implements Tokenizer {
        @Override
        public Tokenizer withChannels(int other) {
            return new Convolutions(layers, kernel, other);
        }

        @Override
        public int tokens(int imageSize) {
            int side = imageSize;
            for (int i = 0; i < layers; i++) {
                side = (side + 1) / 2;
            }
            return side * side;
        }
    }

    /** How a standardised convolution keeps its divisor from zero. */
    public enum Standardisation {
        /** {@code sqrt(variance + 1e-10)}: BiT's authors. */
        BIT(1e-10, false),
        /** {@code deviation + 1e-5}: the paper's code, for hybrids. */
        HYBRID(1e-5, true),
        /** {@code sqrt(variance + 1e-8)}: timm, for both. */
        TIMM(1e-8, false);

        private final double epsilon;
        private final boolean outside;

        Standardisation(double epsilon, boolean outside) {
            this.epsilon = epsilon;
            this.outside = outside;
        }

        /** What is added. */
        public double epsilon() {
            return epsilon;
        }

        /** Whether it is added to the deviation rather than to the variance. */
        public boolean outside() {
            return outside;
        }
    }

    /**
     * A ResNet with group norms of 32 groups and standardised weights: root of stride 4, then stages of bottleneck units, each
     * stage but the first of stride 2 and of twice the channels.
     *
     * @param units of each stage; none for the root alone
     * @param width channels of the root; the stages give 4, 8, 16 and 32 times as many
     * @param hybrid whether it is the trunk of a hybrid (post-activation, SAME padding) and not BiT (pre-activation)
     * @param patch P of the projection that follows in a hybrid; 0 for BiT, whose last map is the tokens
     * @param groupNormEpsilon epsilon of every group norm
     * @param standardisation of the weights
     */
    public record ResNet(
            List<Integer> units,
            int width,
            boolean hybrid,
            int patch,
            double groupNormEpsilon,
            Standardisation standardisation)
            implements Tokenizer {
        public ResNet {
            units = List.copyOf(units);
            requireNonNull(standardisation, "standardisation");
            if (width < 32
                    || width % 32 != 0
                    || hybrid == patch < 1
                    || units.stream().anyMatch(count -> count < 1)) {
                throw new IllegalArgumentException(
                        "a ResNet of width " + width + ", patch size " + patch + " and units " + units
                                + "; widths are multiples of 32, units at least 1, and hybrids alone have patches");
            }
            if (!hybrid && units.isEmpty()) {
                throw new IllegalArgumentException("a BiT ResNet without stages");
            }
        }

        @Override
        public Tokenizer withChannels(int other) {
            return new ResNet(units, other, hybrid, patch, groupNormEpsilon, standardisation);
        }

        @Override
        public int tokens(int imageSize) {
            int side = mapSide(imageSize) / Math.max(1, patch);
            return side * side;
        }

        /** Rows and columns of the last map. */
        private int mapSide(int imageSize) {
            int side = imageSize;
            for (int i = 0; i < 2 + Math.max(0, units.size() - 1); i++) {
                side = (side + 1) / 2;
            }
            return side;
        }

        /** Pixels from one place of the last map to the next. */
        public int stride() {
            return 4 << Math.max(0, units.size() - 1);
        }

        /** Channels that a stage gives; of the root where there is no stage. */
        public int outputs(int stage) {
            return stage < 0 ? width : 4 * width << stage;
        }

        /** Before the names of the trunk's parameters. */
        public String prefix() {
            return hybrid ? "patch_embed.backbone." : "";
        }

        /** Before the names of a unit's parameters. */
        public String unit(int stage, int unit) {
            return prefix() + "stages." + stage + ".blocks." + unit + ".";
        }

        /** Rows of padding above; and columns to the left. */
        public int paddingBefore(int side, int kernel, int stride) {
            return hybrid ? same(side, kernel, stride) / 2 : kernel / 2;
        }

        /** Rows of padding below; and columns to the right. SAME puts the odd one here. */
        public int paddingAfter(int side, int kernel, int stride) {
            int same = same(side, kernel, stride);
            return hybrid ? same - same / 2 : kernel / 2;
        }

        private static int same(int side, int kernel, int stride) {
            return Math.max(0, ((side + stride - 1) / stride - 1) * stride + kernel - side);
        }
    }

    /** How tokens become one embedding of size D, after the last layer norm. */
    public enum Pooling {
        /** The class token, as in the paper. */
        CLASS_TOKEN,
        /** The mean of all tokens; no class token. */
        MEAN,
        /** A learned weighting of all tokens (compact transformers); no class token. */
        SEQUENCE,
        /** A learned query that attends to all tokens, and an MLP (Zhai et al. 2022; SigLIP); no class token. */
        MAP
    }

    /** The forms of GELU. */
    public enum Gelu {
        /** x Phi(x): timm, transformers. */
        ERF,
        /** The tanh approximation: the paper's code (Flax). */
        TANH,
        /** {@code x sigmoid(1.702 x)}: OpenAI's CLIP. */
        QUICK
    }

    /**
     * {@code (pixel / 255 - mean) / std}, the same for each colour.
     *
     * @param mean from 0 to 1
     * @param std from 0 to 1
     */
    public record Normalisation(float mean, float std) {
        /** To [-1, 1], as the paper's code does. */
        public static final Normalisation HALF = new Normalisation(0.5f, 0.5f);
    }

    public ModelConfig {
        registers = registers == null ? 0 : registers;
        options = options == null ? ModelOptions.PAPER : options;
        requireNonNull(name, "name");
        requireNonNull(tokenizer, "tokenizer");
        requireNonNull(pooling, "pooling");
        requireNonNull(gelu, "gelu");
        requireNonNull(normalisation, "normalisation");
        if (hiddenSize % heads != 0) {
            throw new IllegalArgumentException(
                    "hidden size " + hiddenSize + " is not a multiple of " + heads + " heads");
        }
        if (registers < 0 || registers > 0 && pooling != Pooling.CLASS_TOKEN) {
            throw new IllegalArgumentException(registers + " registers with pooling " + pooling
                    + "; registers go with a class token, and there cannot be fewer than 0");
        }
        if (options.distilled() && pooling != Pooling.CLASS_TOKEN) {
            throw new IllegalArgumentException(
                    "a distillation token with pooling " + pooling + "; it goes with a class token");
        }
        if (options.positions() == Positions.SIN_COS && hiddenSize % 4 != 0
                || options.positions() == Positions.AXES && hiddenSize % 2 != 0) {
            throw new IllegalArgumentException("hidden size " + hiddenSize + " does not divide into "
                    + options.positions() + " positions of rows and columns");
        }
        if (options.positions() == Positions.RELATIVE && (registers > 0 || options.distilled())) {
            throw new IllegalArgumentException(
                    "relative positions know image tokens and one class token, not registers or a distillation token");
        }
        if (tokenizer instanceof ResNet net
                && !net.hybrid()
                && (hiddenSize != net.outputs(net.units().size() - 1)
                        || layers != 0
                        || pooling != Pooling.MEAN
                        || options.positions() != Positions.NONE
                        || options.finalNorm() != ModelOptions.FinalNorm.NONE)) {
            throw new IllegalArgumentException("a BiT ResNet of hidden size " + hiddenSize + ", " + layers
                    + " encoder blocks, pooling " + pooling + " and " + options
                    + "; it gives the mean of its last map of "
                    + net.outputs(net.units().size() - 1) + " channels, without blocks, positions and another norm");
        }
        if (tokenizer instanceof Patches patches && imageSize % patches.size() != 0) {
            throw new IllegalArgumentException(
                    "image size " + imageSize + " is not a multiple of patch size " + patches.size());
        }
    }

    /** An architecture with the paper's encoder. */
    public ModelConfig(
            String name,
            int imageSize,
            Tokenizer tokenizer,
            int hiddenSize,
            int layers,
            int heads,
            int mlpSize,
            int classes,
            Pooling pooling,
            Gelu gelu,
            double layerNormEpsilon,
            double dropout,
            double stochasticDepth,
            Normalisation normalisation,
            Integer registers) {
        this(
                name,
                imageSize,
                tokenizer,
                hiddenSize,
                layers,
                heads,
                mlpSize,
                classes,
                pooling,
                gelu,
                layerNormEpsilon,
                dropout,
                stochasticDepth,
                normalisation,
                registers,
                ModelOptions.PAPER);
    }

    /**
     * This architecture with one option changed.
     *
     * @param key {@code pooling}, {@code gelu}, {@code registers}, or one of {@link ModelOptions}
     * @throws IllegalArgumentException when there is no such option or value
     */
    ModelConfig with(String key, String value) {
        return new ModelConfig(
                name,
                imageSize,
                tokenizer,
                hiddenSize,
                layers,
                heads,
                mlpSize,
                classes,
                key.equals("pooling") ? Pooling.valueOf(value) : pooling,
                key.equals("gelu") ? Gelu.valueOf(value) : gelu,
                layerNormEpsilon,
                dropout,
                stochasticDepth,
                normalisation,
                key.equals("registers") ? Integer.valueOf(value) : registers,
                List.of("pooling", "gelu", "registers").contains(key) ? options : options.with(key, value));
    }

    /** Size of the embedding, which is what the head reads. */
    public int embeddingSize() {
        return options.representation() > 0 ? options.representation() : hiddenSize;
    }

    /** Whether the tokens pass a layer norm of their own after the last block. */
    public boolean normsTokens() {
        return options.finalNorm() == ModelOptions.FinalNorm.BEFORE_POOLING;
    }

    /** Rows and columns of image tokens, which lie in a square. */
    public int gridSide() {
        return (int) Math.round(Math.sqrt(tokens()));
    }

    /** N, without the class token. */
    public int tokens() {
        return tokenizer.tokens(imageSize);
    }

    /** Tokens before those of the image: the class token, the distillation token and the registers. */
    public int prefixTokens() {
        return hasClassToken() ? answeringTokens() + registers : 0;
    }

    /** How many tokens a class-token model answers with: 2 when it is distilled. */
    public int answeringTokens() {
        return options.distilled() ? 2 : 1;
    }

    /** Whether a class token is put before the others. */
    public boolean hasClassToken() {
        return pooling == Pooling.CLASS_TOKEN;
    }
}
