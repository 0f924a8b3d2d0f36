package io.patchstream.local.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A change as one line of JSON, and back. Lines that older releases wrote must stay readable. */
final class ChangeJson {

    private final ObjectMapper json = new ObjectMapper();

    String write(Change change) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        if (change instanceof Change.Registered it) {
            SubjectVersion version = it.version();
            line.put("change", "registered")
                    .put("subject", version.subject())
                    .put("version", version.version())
                    .put("id", version.id())
                    .put("schema", version.schema().avro());
            writeReferences(version.schema().references()).ifPresent(array -> line.set("references", array));
        } else if (change instanceof Change.SoftDeleted it) {
            line.put("change", "soft-deleted").put("subject", it.subject());
            it.versions().forEach(line.putArray("versions")::add);
        } else if (change instanceof Change.Erased it) {
            line.put("change", "erased").put("subject", it.subject());
            it.versions().forEach(line.putArray("versions")::add);
        } else if (change instanceof Change.LevelSet it) {
            line.put("change", "level");
            it.subject().ifPresent(subject -> line.put("subject", subject));
            it.level().ifPresent(level -> line.put("level", level.name()));
        } else if (change instanceof Change.ModeSet it) {
            line.put("change", "mode");
            it.subject().ifPresent(subject -> line.put("subject", subject));
            it.mode().ifPresent(mode -> line.put("mode", mode.name()));
        } else {
            throw new IllegalArgumentException("No such change: " + change);
        }
        return line.toString();
    }

    /** @throws IllegalArgumentException when the line is not one that {@link #write} could have made */
    Change read(String line) {
        JsonNode node;
        try {
            node = json.readTree(line);
        } catch (JsonProcessingException failure) {
            throw new IllegalArgumentException("Not JSON: " + failure.getOriginalMessage(), failure);
        }
        Optional<String> subject = text(node, "subject");
        String kind = text(node, "change").orElse("");
        return switch (kind) {
            case "registered" ->
                new Change.Registered(new SubjectVersion(
                        subject.orElseThrow(),
                        node.path("version").intValue(),
                        node.path("id").intValue(),
                        new SchemaText(text(node, "schema").orElseThrow(), readReferences(node.path("references"))),
                        false));
            case "soft-deleted" -> new Change.SoftDeleted(subject.orElseThrow(), versions(node));
            case "erased" -> new Change.Erased(subject.orElseThrow(), versions(node));
            case "level" -> new Change.LevelSet(subject, text(node, "level").map(Compatibility::valueOf));
            case "mode" -> new Change.ModeSet(subject, text(node, "mode").map(Mode::valueOf));
            default -> throw new IllegalArgumentException("No such change: '" + kind + "'");
        };
    }

    /** @return empty for no references, which Confluent's answers leave out too */
    static Optional<ArrayNode> writeReferences(List<SchemaReference> references) {
        if (references.isEmpty()) {
            return Optional.empty();
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        references.forEach(it -> array.addObject()
                .put("name", it.name())
                .put("subject", it.subject())
                .put("version", it.version()));
        return Optional.of(array);
    }

    static List<SchemaReference> readReferences(JsonNode array) {
        List<SchemaReference> references = new ArrayList<>();
        array.forEach(it -> references.add(new SchemaReference(
                it.path("name").asText(),
                it.path("subject").asText(),
                it.path("version").intValue())));
        return references;
    }

    private static List<Integer> versions(JsonNode node) {
        List<Integer> versions = new ArrayList<>();
        node.path("versions").forEach(version -> versions.add(version.intValue()));
        return versions;
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.ofNullable(node.path(field).textValue());
    }
}
