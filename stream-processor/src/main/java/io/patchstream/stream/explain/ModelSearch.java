package io.patchstream.stream.explain;

import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the model of a hash in a folder, and in the folders within. */
final class ModelSearch {
    private ModelSearch() {}

    /**
     * The ONNX file whose SHA-256 it is. A model that keeps its weights in other files has a hash over all of them and is
     * not found here: it is named by {@code --model}.
     *
     * @throws ProcessorFailedException when there is none; the message lists what is there
     */
    static Path find(Path folder, String sha256) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new ProcessorFailedException("there is no folder " + folder.toAbsolutePath(), null);
        }
        List<Path> models;
        try (Stream<Path> files = Files.walk(folder)) {
            models = files.filter(file -> file.toString().endsWith(".onnx"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
        Map<Path, String> seen = new TreeMap<>();
        for (Path model : models) {
            String hash = Sha256.of(model);
            if (hash.equals(sha256)) {
                return model;
            }
            seen.put(model, hash);
        }
        throw new ProcessorFailedException(
                "no model in " + folder.toAbsolutePath() + " has SHA-256 " + sha256
                        + ", which the answer names; there are: "
                        + (seen.isEmpty()
                                ? "none"
                                : seen.entrySet().stream()
                                        .map(model -> model.getKey().getFileName() + " " + model.getValue())
                                        .collect(Collectors.joining(", ")))
                        + ". Name its folder with --models, or the file with --model",
                null);
    }
}
