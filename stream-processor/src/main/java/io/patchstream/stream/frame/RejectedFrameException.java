package io.patchstream.stream.frame;

import static java.util.Objects.requireNonNull;

/** One frame is at fault, and no other: it becomes a {@link FrameOutcome.Rejected}. */
public final class RejectedFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient FrameOutcome.Rejected rejected;

    public RejectedFrameException(FrameOutcome.Rejected rejected, Throwable cause) {
        super(requireNonNull(rejected, "rejected").message(), cause);
        this.rejected = rejected;
    }

    public FrameOutcome.Rejected rejected() {
        return rejected;
    }
}
