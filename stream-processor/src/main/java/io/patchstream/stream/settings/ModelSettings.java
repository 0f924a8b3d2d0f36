package io.patchstream.stream.settings;

import java.nio.file.Path;

/**
 * Which model answers.
 *
 * @param file the model's ONNX file; an empty path takes the demo's
 * @param topK how many labels an answer names
 * @param goldenRequired whether a model without golden frames is refused
 */
public record ModelSettings(
        @Setting(
                key = "model",
                says = "The model's ONNX file, as `./patchstream export` writes it; empty takes the demo's.")
        Path file,

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
        new Checks().atLeast(1, "model.top.k", topK).done();
    }
}
