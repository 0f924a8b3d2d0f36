package io.patchstream.vision.model;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.TreeMap;

/**
 * Where a model comes from: enough to make it again.
 *
 * @param dataManifestSha256 SHA-256 of the training data's manifest; empty when unknown
 * @param parentSha256 SHA-256 of the checkpoint that training began from; empty when it began from random weights
 * @param recipe the recipe's name and its settings as {@code key=value} pairs
 * @param seed the random seed
 * @param metrics what the trainer measured, by name (accuracies from 0 to 1)
 * @param trainerVersion Patchstream's version when the model was exported
 */
public record ModelLineage(
        String dataManifestSha256,
        String parentSha256,
        String recipe,
        long seed,
        Map<String, Double> metrics,
        String trainerVersion) {

    public ModelLineage {
        requireNonNull(dataManifestSha256, "dataManifestSha256");
        requireNonNull(parentSha256, "parentSha256");
        requireNonNull(recipe, "recipe");
        requireNonNull(trainerVersion, "trainerVersion");
        metrics = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
    }
}
