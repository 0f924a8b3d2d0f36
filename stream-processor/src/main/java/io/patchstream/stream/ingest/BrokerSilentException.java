package io.patchstream.stream.ingest;

import java.io.IOException;

/** No broker answers: it may not be there yet. */
final class BrokerSilentException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokerSilentException(String message, Throwable cause) {
        super(message, cause);
    }
}
