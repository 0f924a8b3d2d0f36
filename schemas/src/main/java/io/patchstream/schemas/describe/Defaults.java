package io.patchstream.schemas.describe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.apache.avro.Schema;

/** What a schema's own JSON says. */
final class Defaults {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Defaults() {}

    /** The schema as its file has it. */
    static JsonNode tree(Schema schema) {
        try {
            return JSON.readTree(schema.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Avro writes its schemas as JSON", e);
        }
    }

    /** A field's default as JSON; the field must have one. */
    static String json(Schema.Field field) {
        Schema owner = Schema.createRecord("Owner", null, null, false);
        owner.setFields(List.of(new Schema.Field(field, field.schema())));
        return tree(owner).at("/fields/0/default").toString();
    }
}
