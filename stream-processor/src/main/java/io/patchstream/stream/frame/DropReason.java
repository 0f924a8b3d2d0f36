package io.patchstream.stream.frame;

/** Why a frame is left out on purpose. */
public enum DropReason {
    /** It is older than its input allows, or would be before it could be answered. */
    LATE,
    /** Its camera has newer frames under way, and no more are kept than its input allows. */
    BACKLOG
}
