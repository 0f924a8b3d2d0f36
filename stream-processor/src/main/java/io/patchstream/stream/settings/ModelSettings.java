package io.patchstream.stream.settings;

import java.nio.file.Path;

/**
 * Which model answers.
 *
 * @param file the model's ONNX file; an empty path when none is named
 * @param topK how many labels an answer names
 */
public record ModelSettings(
        @Setting(key = "model", says = "The model's ONNX file, as `./patchstream export` writes it.")
        Path file,

        @Setting(key = "model.top.k", or = "5", says = "How many labels an answer names, the most probable first.")
        int topK) {

    public ModelSettings {
        new Checks().atLeast(1, "model.top.k", topK).done();
    }
}
