package io.patchstream.trainer.objective;

import io.patchstream.trainer.model.PatchPrediction;
import java.util.Optional;

/** What a training makes small, by its name in a recipe. */
public enum ObjectiveKind {
    /** Classes, by labels; with a teacher, by its answers as well. */
    CLASSIFICATION(Optional.empty()),
    /** Colours of masked patches, without labels. */
    MASKED_PATCHES(Optional.of(new PatchPrediction(PatchColours.COUNT)));

    private final Optional<PatchPrediction> needs;

    ObjectiveKind(Optional<PatchPrediction> needs) {
        this.needs = needs;
    }

    /** The parameters that a model has for this objective alone: they are trained with it, and not shipped. */
    public Optional<PatchPrediction> needs() {
        return needs;
    }
}
