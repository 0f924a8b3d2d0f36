package io.patchstream.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.tensor.Safetensors;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A checkpoint as it was found: tensors by their own names, and the settings that lie beside them.
 *
 * @param tensors by the names that the file gives them
 * @param settings {@code config.json}; a missing node when there is none
 * @param preprocessor {@code preprocessor_config.json}; a missing node when there is none
 * @param sha256 of the weights' file, or of the index of a sharded one
 */
public record Checkpoint(Map<String, HostTensor> tensors, JsonNode settings, JsonNode preprocessor, String sha256) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String INDEX = ".index.json";
    private static final List<String> IN_FOLDER = List.of(
            "model.safetensors",
            "model.safetensors" + INDEX,
            "pytorch_model.bin",
            "pytorch_model.bin" + INDEX,
            "open_clip_model.safetensors");

    public Checkpoint {
        tensors = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /**
     * Reads a file ({@code .safetensors}, {@code .npz}, {@code .pth}, {@code .pt}, {@code .bin}, or an index of shards) or a
     * folder as Hugging Face has it.
     *
     * @throws CheckpointException when it is none or is damaged; the message names what is wrong
     */
    public static Checkpoint read(Path source) throws IOException {
        Path weights = Files.isDirectory(source) ? weightsIn(source) : source;
        if (!Files.exists(weights)) {
            throw new CheckpointException("there is no " + weights);
        }
        Path folder = weights.toAbsolutePath().getParent();
        Map<String, HostTensor> tensors = weights.toString().endsWith(INDEX) ? shards(weights) : tensors(weights);
        if (tensors.isEmpty()) {
            throw new CheckpointException(weights + " holds no tensors by name");
        }
        return new Checkpoint(
                tensors,
                json(folder.resolve("config.json")),
                json(folder.resolve("preprocessor_config.json")),
                Sha256.of(weights));
    }

    private static Path weightsIn(Path folder) {
        return IN_FOLDER.stream()
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new CheckpointException(
                        folder + " holds no checkpoint: it has none of " + IN_FOLDER + "; name the file itself"));
    }

    private static Map<String, HostTensor> tensors(Path file) throws IOException {
        long bytes = Files.size(file);
        long most = Runtime.getRuntime().maxMemory();
        // A half-precision file doubles, and the graph needs the weights once more.
        if (bytes > most / 2) {
            throw new CheckpointException(file + " has " + (bytes >> 20) + " MiB; this JVM may take " + (most >> 20)
                    + " MiB in all: set PATCHSTREAM_JAVA_OPTS=-Xmx" + (bytes * 4 >> 30) + "g or more");
        }
        try {
            return parsed(file);
        } catch (CheckpointException e) {
            throw e;
        } catch (RuntimeException e) { // sizes, offsets and types that no writer would have written
            throw new CheckpointException(file + " is damaged: " + e, e);
        }
    }

    private static Map<String, HostTensor> parsed(Path file) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(".safetensors")) {
            return Safetensors.read(file);
        }
        if (name.endsWith(".npz")) {
            return NumpyArchive.read(file);
        }
        if (name.endsWith(".pth") || name.endsWith(".pt") || name.endsWith(".bin")) {
            return TorchArchive.read(file);
        }
        throw new CheckpointException(
                file + " is of no known kind: .safetensors, .npz, .pth, .pt and .bin are, and folders that hold them");
    }

    private static Map<String, HostTensor> shards(Path index) throws IOException {
        JsonNode map = json(index).path("weight_map");
        TreeSet<String> files = new TreeSet<>();
        map.forEach(node -> files.add(node.asText()));
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        for (String shard : files) {
            if (!Path.of(shard).getFileName().toString().equals(shard)) {
                throw new CheckpointException(index + " names a shard outside of its folder: " + shard);
            }
            Path file = index.resolveSibling(shard);
            if (!Files.exists(file)) {
                throw new CheckpointException(index + " names the shard " + shard + ", which is not there");
            }
            tensors.putAll(tensors(file));
        }
        TreeSet<String> missing = new TreeSet<>();
        map.fieldNames().forEachRemaining(missing::add);
        missing.removeAll(tensors.keySet());
        if (!missing.isEmpty()) {
            throw new CheckpointException(index + " names tensors that its shards lack: " + missing);
        }
        return tensors;
    }

    private static JsonNode json(Path file) throws IOException {
        if (!Files.exists(file)) {
            return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
        }
        try {
            return JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new CheckpointException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
