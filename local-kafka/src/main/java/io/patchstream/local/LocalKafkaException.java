package io.patchstream.local;

import java.io.Serial;

/** The local broker or registry cannot start; the message says why and what to change. */
public final class LocalKafkaException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    public LocalKafkaException(String message) {
        super(message);
    }

    public LocalKafkaException(String message, Throwable cause) {
        super(message, cause);
    }
}
