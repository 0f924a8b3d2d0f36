package io.patchstream.stream.frame;

import static java.util.Objects.requireNonNull;

import io.patchstream.vision.model.ModelContract;

/**
 * The model that an engine serves, as lineage names it.
 *
 * @param contract what the model promises
 * @param sha256 SHA-256 of the model file: 64 hexadecimal digits
 * @param engine the engine's fingerprint: all that may change a bit of the result besides the model
 */
public record ServedModel(ModelContract contract, String sha256, String engine) {
    public ServedModel {
        requireNonNull(contract, "contract");
        requireNonNull(sha256, "sha256");
        requireNonNull(engine, "engine");
    }
}
