package io.patchstream.local.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** Reads Avro schemas, with what they use of other subjects, and writes them the one way that the registry keeps. */
final class AvroSchemas {

    /** What Avro itself gives meaning to; everything else in a schema is a property of the user's own. */
    private static final Set<String> OF_AVRO = Set.of(
            "type",
            "name",
            "namespace",
            "doc",
            "fields",
            "symbols",
            "items",
            "values",
            "size",
            "default",
            "order",
            "aliases");

    private final ObjectMapper json = new ObjectMapper();
    private final Function<SchemaReference, Optional<SchemaText>> lookup;

    /** @param lookup finds the schema that a reference means */
    AvroSchemas(Function<SchemaReference, Optional<SchemaText>> lookup) {
        this.lookup = lookup;
    }

    /**
     * Reads what a client sent.
     *
     * @param normalize whether properties of the user's own are put in order of their names, so that schemas that
     *     differ in nothing else are the same
     * @throws RegistryException 42201 when it is no valid schema
     */
    SchemaText canonical(String text, List<SchemaReference> references, boolean normalize) {
        if (text == null || text.isBlank()) {
            throw RegistryException.invalidSchema("Empty schema");
        }
        Map<String, Schema> used = new LinkedHashMap<>();
        Schema schema = parse(new SchemaText(text, references), used);
        String avro = write(schema, used);
        return new SchemaText(normalize ? normalized(avro) : avro, references);
    }

    /** Reads what the registry keeps. */
    Schema parse(SchemaText text) {
        return parse(text, new LinkedHashMap<>());
    }

    /** @param used gets every named type that the references bring, by full name */
    private Schema parse(SchemaText text, Map<String, Schema> used) {
        text.references().forEach(reference -> collect(reference, used));
        try {
            return new Schema.Parser().addTypes(used.values()).parse(text.avro());
        } catch (SchemaParseException | org.apache.avro.AvroTypeException failure) {
            throw new RegistryException(
                    42201,
                    "Invalid schema " + text.avro() + " with refs " + text.references() + " of type AVRO, details: "
                            + failure.getMessage(),
                    failure);
        }
    }

    private void collect(SchemaReference reference, Map<String, Schema> used) {
        SchemaText target = lookup.apply(reference)
                .orElseThrow(() -> RegistryException.invalidSchema("No schema reference found for subject \""
                        + reference.subject() + "\" and version " + reference.version()));
        Schema schema = parse(target, used);
        switch (schema.getType()) {
            case RECORD, ENUM, FIXED -> used.put(schema.getFullName(), schema);
            default ->
                throw RegistryException.invalidSchema("Subject \"" + reference.subject() + "\" version "
                        + reference.version() + " is of type "
                        + schema.getType().getName()
                        + ": only a record, an enum or a fixed has a name to refer to");
        }
    }

    /** Without the types that come from elsewhere: they stay names. */
    @SuppressWarnings("deprecation") // Avro's only public way to write a schema without its referenced types
    private static String write(Schema schema, Map<String, Schema> used) {
        List<Schema> elsewhere = new ArrayList<>(used.values());
        elsewhere.removeIf(schema::equals);
        return elsewhere.isEmpty() ? schema.toString() : schema.toString(elsewhere, false);
    }

    private String normalized(String avro) {
        try {
            return sorted(json.readTree(avro)).toString();
        } catch (JsonProcessingException failure) {
            throw new IllegalStateException("Avro wrote a schema that is not JSON: " + avro, failure);
        }
    }

    /** Avro's attributes stay where Avro writes them; the others follow, sorted. Defaults are data: left alone. */
    private JsonNode sorted(JsonNode schema) {
        if (schema.isArray()) {
            var union = json.createArrayNode();
            schema.forEach(branch -> union.add(sorted(branch)));
            return union;
        }
        if (!schema.isObject()) {
            return schema;
        }
        ObjectNode ordered = json.createObjectNode();
        TreeMap<String, JsonNode> own = new TreeMap<>();
        for (Iterator<Map.Entry<String, JsonNode>> it = schema.fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> attribute = it.next();
            switch (attribute.getKey()) {
                case "type", "fields", "items", "values" ->
                    ordered.set(attribute.getKey(), sorted(attribute.getValue()));
                default -> {
                    if (OF_AVRO.contains(attribute.getKey())) {
                        ordered.set(attribute.getKey(), attribute.getValue());
                    } else {
                        own.put(attribute.getKey(), attribute.getValue());
                    }
                }
            }
        }
        ordered.setAll(own);
        return ordered;
    }
}
