package io.patchstream.local.registry;

import java.util.List;

/**
 * An Avro schema as the registry keeps it; two are the same schema, and have the same id, when these are equal.
 *
 * @param avro Avro's own compact JSON of the parsed schema
 * @param references what {@code avro} uses of other subjects
 */
record SchemaText(String avro, List<SchemaReference> references) {

    SchemaText {
        references = List.copyOf(references);
    }
}
