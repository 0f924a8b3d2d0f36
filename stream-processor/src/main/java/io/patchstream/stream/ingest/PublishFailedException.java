package io.patchstream.stream.ingest;

/** Kafka did not take a frame, after all its retries: the camera must stop, or frames would be missing. */
public final class PublishFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PublishFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
