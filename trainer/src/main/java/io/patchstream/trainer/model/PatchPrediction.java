package io.patchstream.trainer.model;

/**
 * What predicting masked patches needs besides a model: the mask token and a dense layer on each token. They are parameters of
 * the training, not of the architecture.
 *
 * @param outputs numbers that are predicted of each patch
 */
public record PatchPrediction(int outputs) {
    static final String MASK = "mask_token";
    static final String HEAD = "patch_head";

    /** Whether a parameter is one of these. */
    public static boolean has(String parameter) {
        return parameter.equals(MASK) || parameter.startsWith(HEAD + ".");
    }
}
