package io.patchstream.stream.ingest;

import io.patchstream.schemas.Frame;

/** Where cameras put their frames. Shared between cameras. */
public interface FramePublisher {

    /**
     * Hands a frame over; waits while too much is on its way.
     *
     * @throws PublishFailedException when this frame or one before it could not be stored; nothing more can be published
     */
    void publish(Frame frame) throws InterruptedException;

    /** The largest payload that it takes, in bytes. */
    long maxPayloadBytes();
}
