package io.patchstream.stream.frame;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How far a prediction can be believed, as far as its model tells.
 *
 * @param setSize how many of the most probable labels make the conformal set; empty when the model promises none
 * @param distance how far the picture is from the classes; empty when the model does not tell
 */
public record Confidence(OptionalInt setSize, Optional<Distance> distance) {
    /** Of a model that tells nothing of it. */
    public static final Confidence NONE = new Confidence(OptionalInt.empty(), Optional.empty());

    /**
     * A distance to the nearest class.
     *
     * @param squared the Mahalanobis distance's square
     * @param beyond the largest percentage of known pictures that are nearer, of those that the model has limits for
     */
    public record Distance(float squared, double beyond) {}

    public Confidence {
        requireNonNull(setSize, "setSize");
        requireNonNull(distance, "distance");
    }
}
