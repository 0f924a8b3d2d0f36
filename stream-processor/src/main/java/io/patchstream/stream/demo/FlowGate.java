package io.patchstream.stream.demo;

import io.patchstream.stream.ingest.Camera;

/**
 * Lets cameras send while less is on its way than lately was answered in a second and a half: a machine that is too slow for
 * its cameras slows them down instead of answering ever later. Closed until {@link #start}. Cameras ask, the demo's main
 * thread tells.
 */
final class FlowGate implements Camera.Gate {
    private static final double SECONDS = 1.5;
    private static final double MEMORY_SECONDS = 2;

    private final FrameBooks books;
    private final long least;
    private volatile long limit;
    private long lastAnswered;
    private long lastNanos;
    private double perSecond;

    /** @param least what may be on its way however slow it goes, or it would never go faster */
    FlowGate(FrameBooks books, long least) {
        this.books = books;
        this.least = least;
    }

    @Override
    public boolean isOpen() {
        return books.open() < limit;
    }

    void start(long nanos) {
        lastNanos = nanos;
        limit = least;
    }

    /** Told again and again how many answers there have been in all. */
    void answered(long total, long nanos) {
        double seconds = (nanos - lastNanos) / 1e9;
        if (seconds <= 0) {
            return;
        }
        double weight = 1 - Math.exp(-seconds / MEMORY_SECONDS);
        perSecond += weight * ((total - lastAnswered) / seconds - perSecond);
        lastAnswered = total;
        lastNanos = nanos;
        limit = Math.max(least, Math.round(perSecond * SECONDS));
    }
}
