package io.patchstream.stream.flight;

/** A batch could not be run. Whose fault it is, the frame's or the device's, is not known yet. */
public final class InferenceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean outOfMemory;

    public InferenceException(String message, boolean outOfMemory, Throwable cause) {
        super(message, cause);
        this.outOfMemory = outOfMemory;
    }

    /** Whether a smaller batch may do. */
    public boolean outOfMemory() {
        return outOfMemory;
    }
}
