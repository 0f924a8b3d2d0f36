package io.patchstream.stream.page;

import io.patchstream.stream.engine.DemoModel;
import io.patchstream.stream.infer.ExplainModel;
import io.patchstream.stream.settings.ModelSettings;
import io.patchstream.stream.settings.Settings;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.RolloutContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the explain file of a model is looked for: a file, or a folder of which those called {@code *-explain.onnx} count.
 *
 * @param place the file or folder
 */
record ExplainFiles(Path place) {
    /** The place that is set, else the folder of the model. */
    static ExplainFiles of(Settings settings) {
        ModelSettings model = settings.model();
        if (!settings.ui().explainModel().toString().isEmpty()) {
            return new ExplainFiles(settings.ui().explainModel());
        } else if (!model.topic().isEmpty()) {
            return new ExplainFiles(model.cache());
        } else if (!model.folder().toString().isEmpty()) {
            return new ExplainFiles(model.folder());
        }
        return new ExplainFiles(
                model.file().toString().isEmpty()
                        ? DemoModel.folder()
                        : model.file().toAbsolutePath().resolveSibling(""));
    }

    /**
     * What was found.
     *
     * @param file explains the model; empty when there is none
     * @param why there is none, and what to do
     */
    record Found(Optional<Path> file, String why) {}

    /** Looks for the one that names the model's hash; loads none. */
    Found of(String sha256) {
        List<String> strangers = new ArrayList<>();
        try {
            for (Path file : candidates()) {
                List<String> explained = explained(file, strangers);
                if (explained.contains(sha256)) {
                    return new Found(Optional.of(file), "");
                } else if (!explained.isEmpty()) {
                    strangers.add(file.getFileName() + " is of another model, SHA-256 "
                            + String.join(
                                    ", ",
                                    explained.stream()
                                            .map(ExplainFiles::shortened)
                                            .toList()));
                }
            }
        } catch (IOException e) {
            strangers.add(place + " cannot be read: " + e.getMessage());
        }
        return new Found(Optional.empty(), why(sha256, strangers));
    }

    private String why(String sha256, List<String> strangers) {
        return "No explain file of the model that gave this answer, SHA-256 " + shortened(sha256) + ", is at "
                + place.toAbsolutePath().normalize() + ". "
                + (strangers.isEmpty() ? "" : String.join("; ", strangers) + ". ")
                + "Make one from the float32 model: ./patchstream export --attention-of MODEL.onnx --also-of"
                + " MODEL-int8.onnx --out MODEL-explain.onnx";
    }

    private List<Path> candidates() throws IOException {
        if (!Files.isDirectory(place)) {
            return Files.isRegularFile(place) ? List.of(place) : List.of();
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(RolloutContract::isName).sorted().toList();
        }
    }

    private static List<String> explained(Path file, List<String> strangers) throws IOException {
        try {
            Optional<RolloutContract> promise = ExplainModel.promiseOf(file);
            if (promise.isEmpty()) {
                strangers.add(file.getFileName() + " is no explain file");
            }
            return promise.map(RolloutContract::explains).orElse(List.of());
        } catch (ContractException e) {
            strangers.add(file.getFileName() + " cannot be used: " + e.getMessage());
            return List.of();
        }
    }

    private static String shortened(String sha256) {
        return sha256.length() <= 12 ? sha256 : sha256.substring(0, 12) + "…";
    }
}
