package io.patchstream.schemas.serde;

import org.apache.kafka.common.errors.RetriableException;

/** No registry of the list answered: nothing is known about the record, and a later try may succeed. */
public final class SchemaRegistryUnavailableException extends RetriableException {
    private static final long serialVersionUID = 1L;

    SchemaRegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
