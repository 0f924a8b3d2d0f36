package io.patchstream.vision.model;

/** A model file does not keep, or does not state, what Patchstream needs of it. The message names the way out. */
public final class ContractException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ContractException(String message) {
        super(message);
    }

    public ContractException(String message, Throwable cause) {
        super(message, cause);
    }
}
