package io.patchstream.stream.trace;

import io.patchstream.stream.frame.FrameObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * When a frame reached which stage. The engine's threads write it, the stream thread reads it after the outcome.
 *
 * <p>All times stand on one reading of the wall clock, so that spans of a frame lie beside each other as they were.
 */
final class FrameMarks implements FrameObserver {
    /** A stage that was not reached. */
    static final long NEVER = 0;

    private final long epochNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    private final long origin = System.nanoTime();
    private final AtomicLong over = new AtomicLong(NEVER);
    private volatile long decoding = NEVER;
    private volatile long decoded = NEVER;
    private volatile long inferring = NEVER;
    private volatile int batch;

    @Override
    public void decoding() {
        decoding = now();
    }

    @Override
    public void decoded() {
        decoded = now();
    }

    @Override
    public void inferring(int size) {
        if (inferring == NEVER) {
            inferring = now();
        }
        batch = size;
    }

    @Override
    public void over() {
        over.compareAndSet(NEVER, now());
    }

    /** Nanoseconds since the epoch. */
    long now() {
        return epochNanos + System.nanoTime() - origin;
    }

    /** When it was read from Kafka. */
    long begun() {
        return epochNanos;
    }

    /** When its decoding began, or {@link #NEVER}. */
    long decodingAt() {
        return decoding;
    }

    /** When all of it was decoded, or {@link #NEVER}. */
    long decodedAt() {
        return decoded;
    }

    /** When its first picture went to the model, or {@link #NEVER}. */
    long inferringAt() {
        return inferring;
    }

    /** When it had its outcome, or {@link #NEVER}. */
    long overAt() {
        return over.get();
    }

    /** How many pictures its last batch held. */
    int batch() {
        return batch;
    }
}
