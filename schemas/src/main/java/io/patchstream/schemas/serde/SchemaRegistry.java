package io.patchstream.schemas.serde;

import org.apache.avro.Schema;

/**
 * A schema registry as the serde needs it. Implementations may be shared between threads; they need not cache, as the
 * serde asks for each id and each schema once.
 *
 * <p>Each method throws {@link SchemaRegistryException} when the registry says no and
 * {@link SchemaRegistryUnavailableException} when it says nothing.
 */
public interface SchemaRegistry {
    /**
     * Registers a schema under a subject, if it is not there yet.
     *
     * @param normalize let the registry put the schema into its normal form first
     * @return its id
     */
    int register(String subject, Schema schema, boolean normalize);

    /** The id of a schema that is registered under the subject already. */
    int idOf(String subject, Schema schema, boolean normalize);

    /** The newest schema of a subject. */
    RegisteredSchema latest(String subject);

    /** The schema that an id stands for. */
    Schema byId(int id);
}
