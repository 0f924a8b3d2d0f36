package io.patchstream.stream.run;

/** The processor cannot start or go on; the message says what to do. */
public final class ProcessorFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProcessorFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
