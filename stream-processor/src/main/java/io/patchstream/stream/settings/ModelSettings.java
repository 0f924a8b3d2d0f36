package io.patchstream.stream.settings;

import java.nio.file.Path;

/**
 * Which model answers.
 *
 * @param file the model's ONNX file; an empty path takes the demo's
 * @param folder a folder of models, followed while the processor runs; an empty path follows none
 * @param sha256 what the model's SHA-256 must be, in hexadecimal, its external weights included; empty takes any
 * @param topK how many labels an answer names
 * @param goldenRequired whether a model without golden frames is refused
 */
public record ModelSettings(
        @Setting(
                key = "model",
                says = "The model's ONNX file, as `./patchstream export` writes it; empty takes the demo's.")
        Path file,

        @Setting(
                key = "model.folder",
                says =
                        "A folder of models instead of one: serves the one that its file `current` names, else the last by"
                                + " name, and goes over to another without losing a frame; see docs/models.md. Empty is off.")
        Path folder,

        @Setting(
                key = "model.sha256",
                says =
                        "What the model's SHA-256 must be, in hexadecimal, as answers name it (of one file: `sha256sum`); another model is"
                                + " refused before it is opened. Empty takes any.")
        String sha256,

        @Setting(key = "model.top.k", or = "5", says = "How many labels an answer names, the most probable first.")
        int topK,

        @Setting(
                key = "model.golden.required",
                or = "true",
                says =
                        "Refuse a model that has no golden frames beside it to prove that it computes here what it computed"
                                + " where it was made.")
        boolean goldenRequired) {

    public ModelSettings {
        new Checks()
                .that(
                        file.toString().isEmpty() || folder.toString().isEmpty(),
                        "model.folder",
                        folder,
                        "empty when model is set, which is " + file)
                .that(
                        sha256.matches("([0-9a-fA-F]{64})?"),
                        "model.sha256",
                        "'" + sha256 + "'",
                        "64 hexadecimal digits, as sha256sum prints them")
                .that(
                        sha256.isEmpty() || folder.toString().isEmpty(),
                        "model.sha256",
                        sha256,
                        "empty when model.folder is set, whose files change")
                .atLeast(1, "model.top.k", topK)
                .done();
    }
}
