package io.patchstream.stream.frame;

import static java.util.Objects.requireNonNull;

/**
 * A frame that is to be answered.
 *
 * @param source where it comes from; what a source submitted is cancelled as one
 * @param camera whose it is, as far as is known without reading it; shares are fair between cameras. May be empty
 * @param deadlineNanos by {@link System#nanoTime()}, when its answer is worth nothing any more: the engine then drops it as
 *     {@link DropReason#LATE} instead. {@link #NO_DEADLINE} for a frame that must be answered
 * @param reader reads it, on the engine's threads
 * @param observer is told how it fares
 */
public record FrameRequest(
        FrameSource source, String camera, long deadlineNanos, FrameReader reader, FrameObserver observer) {
    /** The deadline of a frame that is never dropped. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    public FrameRequest {
        requireNonNull(source, "source");
        requireNonNull(camera, "camera");
        requireNonNull(reader, "reader");
        requireNonNull(observer, "observer");
    }

    /** A frame that nobody observes. */
    public FrameRequest(FrameSource source, String camera, long deadlineNanos, FrameReader reader) {
        this(source, camera, deadlineNanos, reader, FrameObserver.NONE);
    }

    /** A frame of no known camera that must be answered. */
    public static FrameRequest of(FrameSource source, FrameReader reader) {
        return new FrameRequest(source, "", NO_DEADLINE, reader);
    }

    /** The same frame, read by another. */
    public FrameRequest withReader(FrameReader other) {
        return new FrameRequest(source, camera, deadlineNanos, other, observer);
    }
}
