package io.patchstream.stream.demo;

import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.stream.ingest.FramePublisher;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Enters each frame into the books before it goes to Kafka, and keeps one still for later. Shared by cameras. */
final class CountedFrames implements FramePublisher {
    private final FrameBooks books;
    private final FramePublisher kafka;
    private final AtomicReference<byte[]> still = new AtomicReference<>();

    CountedFrames(FrameBooks books, FramePublisher kafka) {
        this.books = books;
        this.kafka = kafka;
    }

    @Override
    public void publish(Frame frame) throws InterruptedException {
        if (frame.getEncoding() == Encoding.JPEG && still.get() == null) {
            still.compareAndSet(null, bytes((ByteBuffer) frame.getPayload()));
        }
        // Before, not after: an answer may be read sooner than the producer hears of its own record.
        books.sent(frame.getCameraId(), frame.getSequence(), frame.getPictures());
        kafka.publish(frame);
    }

    /** The first JPEG that was sent. */
    Optional<byte[]> still() {
        return Optional.ofNullable(still.get());
    }

    private static byte[] bytes(ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        return bytes;
    }

    @Override
    public long maxPayloadBytes() {
        return kafka.maxPayloadBytes();
    }
}
