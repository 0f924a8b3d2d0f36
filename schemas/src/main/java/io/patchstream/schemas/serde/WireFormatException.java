package io.patchstream.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;

/** These bytes do not begin as Confluent's wire format does: no retry will help. */
public final class WireFormatException extends SerializationException {
    private static final long serialVersionUID = 1L;

    WireFormatException(String message) {
        super(message);
    }
}
