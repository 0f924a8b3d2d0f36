package io.patchstream.trainer.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The classes' names as {@code config.json} has them. */
final class ForeignLabels {
    private ForeignLabels() {}

    static void put(ObjectNode settings, List<String> labels) {
        ObjectNode byId = settings.putObject("id2label");
        ObjectNode byLabel = settings.putObject("label2id");
        for (int i = 0; i < labels.size(); i++) {
            byId.put(Integer.toString(i), labels.get(i));
            byLabel.put(labels.get(i), i);
        }
    }
}
