package io.patchstream.stream.page;

/** The desk cannot tell; the message is for whoever asked and holds no secret. */
public final class DeskException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeskException(String message, Throwable cause) {
        super(message, cause);
    }
}
