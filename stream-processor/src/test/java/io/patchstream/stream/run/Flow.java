package io.patchstream.stream.run;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Frames in a steady stream, on a thread of its own, up to the number that a test allows. */
final class Flow implements AutoCloseable {
    private static final long PACE_MILLIS = 5;

    private final FrameFeeder feeder;
    private final Thread thread = new Thread(this::run, "cameras");
    private int allowed;
    private boolean closed;

    Flow(FrameFeeder feeder) {
        this.feeder = feeder;
        thread.start();
    }

    /** Lets frames flow until {@code frames} were sent since the beginning. */
    synchronized void allow(int frames) {
        allowed = frames;
        notifyAll();
    }

    private synchronized boolean awaitNext() throws InterruptedException {
        while (!closed && feeder.sent() >= allowed) {
            wait();
        }
        return !closed;
    }

    private void run() {
        try {
            while (awaitNext()) {
                var written = feeder.send();
                TimeUnit.MILLISECONDS.sleep(PACE_MILLIS);
                if (feeder.sent() % 100 == 0) {
                    written.get();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("the broker takes no frames", e);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
