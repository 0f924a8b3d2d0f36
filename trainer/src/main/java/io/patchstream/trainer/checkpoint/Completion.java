package io.patchstream.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The last steps of every import. */
final class Completion {
    private Completion() {}

    /** Every parameter is there in its shape, and nothing else is; tensors get the layout's own shapes. */
    static void requireLayout(Map<String, HostTensor> tensors, ModelConfig config, Dialect dialect) {
        TreeSet<String> missing = new TreeSet<>();
        List<String> misshapen = new ArrayList<>();
        TreeSet<String> unexpected = new TreeSet<>(tensors.keySet());
        for (ParameterLayout.Entry entry : ParameterLayout.of(config).entries()) {
            HostTensor tensor = tensors.get(entry.name());
            unexpected.remove(entry.name());
            if (tensor == null) {
                missing.add(entry.name());
            } else if (tensor.values().length == entry.count()
                    && squeezed(tensor.shape()).equals(squeezed(entry.shape()))) {
                tensors.put(entry.name(), new HostTensor(entry.shape(), tensor.values()));
            } else {
                misshapen.add(entry.name() + " is " + Arrays.toString(tensor.shape()) + ", not "
                        + Arrays.toString(entry.shape()));
            }
        }
        if (!missing.isEmpty() || !misshapen.isEmpty() || !unexpected.isEmpty()) {
            throw new CheckpointException("the checkpoint (" + dialect
                    + ", by timm's names) is not a whole model of "
                    + config.layers() + " layers and a hidden size of " + config.hiddenSize() + ". Missing: " + missing
                    + ". Of another shape: " + misshapen + ". Unexpected: " + unexpected);
        }
    }

    private static List<Long> squeezed(long[] shape) {
        return Arrays.stream(shape).filter(dim -> dim != 1).boxed().toList();
    }

    /** The classes' names: the user's, the checkpoint's, or numbers, which is noted. */
    static List<String> labels(Checkpoint checkpoint, ImportSettings settings, int classes, List<String> notes) {
        if (!settings.labels().isEmpty()) {
            if (settings.labels().size() != classes) {
                throw new CheckpointException(
                        settings.labels().size() + " labels were given; the checkpoint has " + classes + " classes");
            }
            return settings.labels();
        }
        JsonNode byId = checkpoint.settings().path("id2label");
        if (classes > 1 && IntStream.range(0, classes).allMatch(i -> byId.has(Integer.toString(i)))) {
            return IntStream.range(0, classes)
                    .mapToObj(i -> byId.get(Integer.toString(i)).asText())
                    .toList();
        }
        notes.add("the checkpoint has no names for its classes: they are called \"class 0\" and so on (--labels)");
        return IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
    }
}
