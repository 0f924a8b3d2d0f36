package io.patchstream.trainer.checkpoint;

/** A checkpoint cannot be read or is none that is known. The message names the file or tensor, and the way out. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
