package io.patchstream.trainer.distributed;

/** The ranks of a training did not find each other, or lost one. */
public final class CollectiveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CollectiveException(String message, Throwable cause) {
        super(message, cause);
    }
}
