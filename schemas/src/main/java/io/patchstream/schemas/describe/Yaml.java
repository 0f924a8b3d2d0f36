package io.patchstream.schemas.describe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A JSON tree as YAML in block style; texts are quoted as JSON quotes them, which YAML reads alike. */
record Yaml(JsonNode tree) {
    String text() {
        return String.join("\n", lines(tree)) + "\n";
    }

    private static List<String> lines(JsonNode node) {
        List<String> lines = new ArrayList<>();
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                String key = quoted(entry.getKey()) + ":";
                if (isFlat(entry.getValue())) {
                    lines.add(key + " " + entry.getValue());
                } else {
                    lines.add(key);
                    lines(entry.getValue()).forEach(line -> lines.add("  " + line));
                }
            }
        } else {
            for (JsonNode item : node) {
                List<String> inner = isFlat(item) ? List.of(item.toString()) : lines(item);
                for (int i = 0; i < inner.size(); i++) {
                    lines.add((i == 0 ? "- " : "  ") + inner.get(i));
                }
            }
        }
        return lines;
    }

    /** What stands on one line: scalars, and what is empty. */
    private static boolean isFlat(JsonNode node) {
        return node.isValueNode() || node.isEmpty();
    }

    /** Plain where YAML cannot take it for anything but a text. */
    private static String quoted(String key) {
        return key.matches("[A-Za-z_$][A-Za-z0-9_.$-]*") && !key.matches("(?i)true|false|null|yes|no|on|off|y|n")
                ? key
                : "\"" + key.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
