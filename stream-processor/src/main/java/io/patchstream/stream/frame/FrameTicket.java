package io.patchstream.stream.frame;

/** A frame that an engine has accepted; {@link FrameEngine#await} turns it in for the outcome. */
public interface FrameTicket {
    /** Who submitted it. */
    FrameSource source();

    /** Whether {@link FrameEngine#await} would return at once. */
    boolean isDone();

    /** Leaves the frame out, unless it has an outcome already. True when being dropped is its outcome now. */
    boolean drop(DropReason reason);
}
