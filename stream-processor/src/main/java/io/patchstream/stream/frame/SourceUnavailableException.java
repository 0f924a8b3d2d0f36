package io.patchstream.stream.frame;

/** What is needed to read any frame is out of reach, such as the schema registry: no frame is at fault. */
public final class SourceUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SourceUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
