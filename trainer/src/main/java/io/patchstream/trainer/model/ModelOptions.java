package io.patchstream.trainer.model;

import static java.util.Objects.requireNonNull;

/**
 * Where a model departs from the paper's encoder, as data. {@link #PAPER} departs nowhere.
 *
 * @param positions how tokens know where they are
 * @param mlp what an MLP block computes
 * @param qkvBias whether queries, keys and values have biases
 * @param preNorm whether a layer norm stands before the first block (CLIP)
 * @param finalNorm where the last layer norm stands
 * @param layerScale what LayerScale's factors begin at (Touvron et al. 2021b); 0 for none
 * @param representation size of a dense layer between pooling and head ({@code pre_logits}; also CLIP's projection); 0 for none
 * @param representationTanh whether that layer ends in tanh, as the paper's pre-training head does
 * @param distilled whether a distillation token with a head of its own stands beside the class token (Touvron et al. 2021a);
 *     the logits are the mean of both heads'
 * @param positionsAt where learned positions are added; {@link PositionsAt#INPUT} when it is left out
 */
public record ModelOptions(
        Positions positions,
        Mlp mlp,
        boolean qkvBias,
        boolean preNorm,
        FinalNorm finalNorm,
        double layerScale,
        int representation,
        boolean representationTanh,
        boolean distilled,
        PositionsAt positionsAt) {

    /** The position embeddings of the paper's appendix D.4, and the fixed one. */
    public enum Positions {
        /** A learned vector for each token, with those of the class token and registers: the paper's. */
        LEARNED,
        /** None: a bag of patches. */
        NONE,
        /** A learned vector of D/2 for each row and each column of patches. */
        AXES,
        /** A learned bias of attention for each head and offset between patches, in each block (BEiT, timm's relpos). */
        RELATIVE,
        /**
         * A learned key for each offset in the sequence of all tokens, in each block and for all its heads; queries attend to
         * it and the logits are added to the others' (the paper's 1-dimensional relative attention; Shaw et al. 2018).
         */
        RELATIVE_KEYS,
        /** Fixed sines and cosines of row and column, as big_vision and MoCo v3 have them. */
        SIN_COS
    }

    /** Where positions are added to the tokens: the columns of the paper's table 8. */
    public enum PositionsAt {
        /** Before the first block. */
        INPUT,
        /** Before each block, each time others. */
        EVERY_BLOCK,
        /** Before each block, each time the same. */
        EVERY_BLOCK_SHARED
    }

    /** What an MLP block computes. */
    public enum Mlp {
        /** Dense, GELU, dense. */
        PLAIN,
        /** {@code W3 (silu(W1 x) * W2 x)}: SwiGLU (Shazeer 2020), DINOv2 giant. W1 and W2 are the halves of {@code fc1}. */
        GATED
    }

    /** Where the last layer norm stands. */
    public enum FinalNorm {
        /** Over each token ({@code norm}). */
        BEFORE_POOLING,
        /** Over the pooled embedding ({@code fc_norm}); timm's way with mean pooling. */
        AFTER_POOLING,
        /** Nowhere; for convolutional networks, which end in a norm of their own. */
        NONE
    }

    /** The paper's encoder. */
    public static final ModelOptions PAPER =
            new ModelOptions(Positions.LEARNED, Mlp.PLAIN, true, false, FinalNorm.BEFORE_POOLING, 0, 0, true, false);

    public ModelOptions {
        positionsAt = positionsAt == null ? PositionsAt.INPUT : positionsAt;
        requireNonNull(positions, "positions");
        requireNonNull(mlp, "mlp");
        requireNonNull(finalNorm, "finalNorm");
        if (!(layerScale >= 0) || representation < 0) {
            throw new IllegalArgumentException("layer scale " + layerScale + " and representation size "
                    + representation + "; neither can be less than 0");
        }
        if (positionsAt != PositionsAt.INPUT && positions != Positions.LEARNED && positions != Positions.AXES) {
            throw new IllegalArgumentException(positions + " positions at " + positionsAt
                    + "; LEARNED and AXES are what can be added before every block");
        }
    }

    /** Options with positions before the first block alone. */
    public ModelOptions(
            Positions positions,
            Mlp mlp,
            boolean qkvBias,
            boolean preNorm,
            FinalNorm finalNorm,
            double layerScale,
            int representation,
            boolean representationTanh,
            boolean distilled) {
        this(
                positions,
                mlp,
                qkvBias,
                preNorm,
                finalNorm,
                layerScale,
                representation,
                representationTanh,
                distilled,
                PositionsAt.INPUT);
    }

    /**
     * These options with one changed.
     *
     * @param key a component's name in kebab-case, such as {@code layer-scale}
     * @throws IllegalArgumentException when there is no such option or value
     */
    ModelOptions with(String key, String value) {
        return switch (key) {
            case "positions" -> of(Positions.valueOf(value), mlp, finalNorm, positionsAt);
            case "positions-at" -> of(positions, mlp, finalNorm, PositionsAt.valueOf(value));
            case "mlp" -> of(positions, Mlp.valueOf(value), finalNorm, positionsAt);
            case "final-norm" -> of(positions, mlp, FinalNorm.valueOf(value), positionsAt);
            case "qkv-bias" -> with(truth(key, value), preNorm, distilled, layerScale);
            case "pre-norm" -> with(qkvBias, truth(key, value), distilled, layerScale);
            case "distilled" -> with(qkvBias, preNorm, truth(key, value), layerScale);
            case "layer-scale" -> with(qkvBias, preNorm, distilled, Double.parseDouble(value));
            case "representation" -> withRepresentation(Integer.parseInt(value), representationTanh);
            case "representation-tanh" -> withRepresentation(representation, truth(key, value));
            default ->
                throw new IllegalArgumentException("there is no model option " + key
                        + "; there are pooling, gelu, registers, positions, positions-at, mlp, final-norm, qkv-bias, pre-norm, distilled,"
                        + " layer-scale, representation and representation-tanh");
        };
    }

    private ModelOptions of(Positions newPositions, Mlp newMlp, FinalNorm newNorm, PositionsAt newPlace) {
        return new ModelOptions(
                newPositions,
                newMlp,
                qkvBias,
                preNorm,
                newNorm,
                layerScale,
                representation,
                representationTanh,
                distilled,
                newPlace);
    }

    private ModelOptions with(boolean newBias, boolean newPreNorm, boolean newDistilled, double newScale) {
        return new ModelOptions(
                positions,
                mlp,
                newBias,
                newPreNorm,
                finalNorm,
                newScale,
                representation,
                representationTanh,
                newDistilled,
                positionsAt);
    }

    private ModelOptions withRepresentation(int size, boolean tanh) {
        return new ModelOptions(
                positions, mlp, qkvBias, preNorm, finalNorm, layerScale, size, tanh, distilled, positionsAt);
    }

    private static boolean truth(String key, String value) {
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException("model option " + key + " is true or false, not " + value);
        }
        return value.equals("true");
    }
}
