package io.patchstream.trainer.export;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model as somebody else's library keeps it: a folder with {@code model.safetensors} and settings.
 *
 * @param tensors by the library's names, in its layout
 * @param settings JSON files by name
 * @param notes what the library does not do quite as the model does
 */
record ForeignFiles(Map<String, HostTensor> tensors, Map<String, ObjectNode> settings, List<String> notes) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String WEIGHTS = "model.safetensors";
    /** transformers refuses a file that does not say so. */
    private static final Map<String, String> FORMAT = Map.of("format", "pt");

    ForeignFiles {
        tensors = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        notes = List.copyOf(notes);
    }

    /** Writes all files into {@code folder}, which is made when it is not there; each is replaced as a whole. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Safetensors.write(folder.resolve(WEIGHTS), tensors, FORMAT);
        for (Map.Entry<String, ObjectNode> file : settings.entrySet()) {
            Path unfinished = folder.resolve(file.getKey() + ".part");
            JSON.writeValue(unfinished.toFile(), file.getValue());
            Files.move(
                    unfinished,
                    folder.resolve(file.getKey()),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
