package io.patchstream.stream.flight;

import io.patchstream.stream.frame.FrameSource;

/** What queues for turns of its own: a camera of a source. */
record Lane(FrameSource source, String camera) {
    static Lane of(PendingFrame frame) {
        return new Lane(frame.source(), frame.camera());
    }
}
