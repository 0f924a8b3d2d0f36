package io.patchstream.schemas.serde;

import static java.util.Objects.requireNonNull;

import org.apache.avro.Schema;

/**
 * A schema as the registry holds it.
 *
 * @param id its id in the whole registry
 * @param schema the schema
 */
public record RegisteredSchema(int id, Schema schema) {
    public RegisteredSchema {
        requireNonNull(schema, "schema");
    }
}
