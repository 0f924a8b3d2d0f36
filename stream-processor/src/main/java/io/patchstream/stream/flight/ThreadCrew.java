package io.patchstream.stream.flight;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one role, named {@code role-0}, {@code role-1} and so on: started together, and gone when {@link
 * #close} returns or named in the log. What escapes one of them goes to the engine, which stops.
 */
public final class ThreadCrew implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadCrew.class);

    private final String role;
    private final Duration patience;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Starts {@code count} threads.
     *
     * @param patience how long close waits for them
     * @param work what thread {@code i} does until it is interrupted or told to stop
     * @param escaped takes what a thread died of
     */
    public ThreadCrew(
            String role, int count, Duration patience, IntFunction<Runnable> work, Consumer<Throwable> escaped) {
        this.role = role;
        this.patience = patience;
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(work.apply(i), role + "-" + i);
            // Daemon: an engine that nobody closed must not keep the process alive.
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((t, e) -> escaped.accept(e));
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** Interrupts the threads and waits for them. May be called twice. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        join();
    }

    /** Waits for threads that end by themselves. True when all have; the log names those that have not. */
    public boolean join() {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        boolean gone = true;
        for (Thread thread : threads) {
            try {
                long millis = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
                thread.join(millis);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (thread.isAlive()) {
                gone = false;
                LOG.atWarn()
                        .addKeyValue("thread", thread.getName())
                        .addKeyValue("patience", patience)
                        .log("a {} thread did not stop in time; it is left to end with the process", role);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return gone;
    }
}
