package io.patchstream.stream.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and Ctrl-C as an orderly end: the main thread is told, closes what it opened in its own order, and the JVM ends
 * with the exit code that it gives.
 *
 * <p>Why the JVM is halted: after a signal it would end with 143 whatever happens, and a stop that committed everything is a
 * success. Opened before, and so closed after, everything that needs closing.
 */
public final class StopSignal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

    private final List<Runnable> actions = new ArrayList<>();
    private final CompletableFuture<Integer> finished = new CompletableFuture<>();
    private final Thread hook;
    private volatile int exitCode = 1;
    private boolean received;

    private StopSignal(Duration patience) {
        hook = new Thread(() -> end(patience), "stop-signal");
    }

    /**
     * Listens from now on.
     *
     * @param patience how long the main thread may take after a signal
     */
    public static StopSignal listen(Duration patience) {
        StopSignal signal = new StopSignal(patience);
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /** Runs {@code action} when a signal comes; at once when one has come. */
    public synchronized void whenReceived(Runnable action) {
        if (received) {
            action.run();
        } else {
            actions.add(action);
        }
    }

    private synchronized void receive() {
        received = true;
        actions.forEach(Runnable::run);
    }

    private synchronized boolean isReceived() {
        return received;
    }

    /** The code to end with after a signal; 1 until it is said. */
    public void exitWith(int code) {
        exitCode = code;
    }

    private void end(Duration patience) {
        LOG.info("stopping");
        receive();
        try {
            Runtime.getRuntime().halt(finished.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            LOG.atError().addKeyValue("patience", patience).log("not stopped in time");
            Runtime.getRuntime().halt(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        finished.complete(exitCode);
        if (!isReceived()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // A signal came between the two lines: the hook ends the JVM with our code.
                LOG.debug("stopped by a signal at the very end", e);
            }
        }
    }
}
