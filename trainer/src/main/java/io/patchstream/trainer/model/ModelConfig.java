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
        public int tokens(int imageSize) {
            int side = imageSize;
            for (int i = 0; i < layers; i++) {
                side = (side + 1) / 2;
            }
            return side * side;
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
