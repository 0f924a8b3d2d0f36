package io.patchstream.stream.models;

/** What a record names is not served; the message says why. The model in force stays. */
public final class ModelRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean mayPass;

    private ModelRefusedException(String message, boolean mayPass, Throwable cause) {
        super(message, cause);
        this.mayPass = mayPass;
    }

    /** The record is at fault: only another record mends it. */
    static ModelRefusedException forGood(String message) {
        return new ModelRefusedException(message, false, null);
    }

    /** A file server, a disk: to be tried again. */
    static ModelRefusedException forNow(String message, Throwable cause) {
        return new ModelRefusedException(message, true, cause);
    }

    boolean mayPass() {
        return mayPass;
    }
}
