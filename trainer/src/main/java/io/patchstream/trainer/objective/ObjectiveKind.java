package io.patchstream.trainer.objective;

/** What a training makes small, by its name in a recipe. */
public enum ObjectiveKind {
    /** Classes, by labels; with a teacher, by its answers as well. */
    CLASSIFICATION,
    /** Masked patches, without labels. */
    MASKED_PATCHES
}
