package io.patchstream.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;

/** The schema registry answered, and the answer is no: the same question will get the same answer. */
public final class SchemaRegistryException extends SerializationException {
    /** Confluent's code for a schema id that is not known. */
    public static final int UNKNOWN_SCHEMA = 40403;

    private static final long serialVersionUID = 1L;

    private final int errorCode;

    SchemaRegistryException(int errorCode, String message) {
        super(message);
        this.errorCode = errorCode;
    }

    /** The registry's {@code error_code}: 40401 subject, 40402 version, 40403 schema unknown, 409 incompatible, 42201 bad schema; or the HTTP status. */
    public int errorCode() {
        return errorCode;
    }

    /** The record names a schema id that this registry never gave: the record is bad, the registry is well. */
    public boolean isUnknownSchema() {
        return errorCode == UNKNOWN_SCHEMA;
    }
}
