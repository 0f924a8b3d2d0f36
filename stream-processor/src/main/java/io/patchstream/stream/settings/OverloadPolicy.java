package io.patchstream.stream.settings;

/** What happens to an input's frames when more come than can be answered. */
public enum OverloadPolicy {
    /** Every frame is answered, however late; what cannot be taken yet stays in Kafka. For events. */
    BLOCK,
    /** The newest few frames of each camera are kept, and older ones left out. For live pictures. */
    DROP_OLDEST,
    /** Frames that are, or would be, too old when they are answered are left out. For live pictures with a deadline. */
    DROP_LATE
}
