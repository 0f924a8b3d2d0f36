package io.patchstream.trainer.model;

import static java.util.Objects.requireNonNull;

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
        Integer registers) {

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
        SEQUENCE
    }

    /** The forms of GELU. */
    public enum Gelu {
        /** x Phi(x): timm, transformers. */
        ERF,
        /** The tanh approximation: the paper's code (Flax). */
        TANH
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
        if (tokenizer instanceof Patches patches && imageSize % patches.size() != 0) {
            throw new IllegalArgumentException(
                    "image size " + imageSize + " is not a multiple of patch size " + patches.size());
        }
    }

    /** N, without the class token. */
    public int tokens() {
        return tokenizer.tokens(imageSize);
    }

    /** Tokens before those of the image: the class token and the registers. */
    public int prefixTokens() {
        return hasClassToken() ? 1 + registers : 0;
    }

    /** Whether a class token is put before the others. */
    public boolean hasClassToken() {
        return pooling == Pooling.CLASS_TOKEN;
    }
}
