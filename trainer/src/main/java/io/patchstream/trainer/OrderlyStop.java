package io.patchstream.trainer;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and Ctrl-C as an orderly end: the thread at work is interrupted, closes what it opened, and only then the JVM ends.
 *
 * <p>Why the JVM is halted: an exit runs the destructors of native libraries while other threads may still be in their code, and
 * libtorch dies of it.
 */
final class OrderlyStop implements AutoCloseable {
    /** What a shell sees of a process that SIGTERM ended. */
    private static final int TERMINATED = 128 + 15;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    /**
     * Listens until it is closed.
     *
     * @param working the thread to interrupt
     * @param patience how long it may take to end
     */
    OrderlyStop(Thread working, Duration patience) {
        hook = new Thread(() -> end(working, patience), "orderly-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void end(Thread working, Duration patience) {
        working.interrupt();
        try {
            closed.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(TERMINATED);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending already: the hook goes on as soon as it is scheduled.
        }
    }
}
