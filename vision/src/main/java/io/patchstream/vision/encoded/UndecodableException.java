package io.patchstream.vision.encoded;

import static java.util.Objects.requireNonNull;

/** These bytes are no picture that can be decoded; no other input is affected. The message says what to do. */
public final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The reason, as dead letters carry it; names are stable. */
    public enum Code {
        /** There are no bytes. */
        EMPTY,
        /** The bytes end before the picture does. */
        TRUNCATED,
        /** The bytes break the rules of their format. */
        CORRUPT,
        /** The format, or this variety of it, is not decoded here. */
        UNSUPPORTED,
        /** More bytes or pixels than the limits allow. */
        TOO_LARGE,
        /** The first picture of the segment needs one that came before it. */
        NO_KEYFRAME
    }

    private final Code code;

    public UndecodableException(Code code, String message) {
        super(message);
        this.code = requireNonNull(code, "code");
    }

    public UndecodableException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = requireNonNull(code, "code");
    }

    public Code code() {
        return code;
    }
}
