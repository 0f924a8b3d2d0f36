package io.patchstream.stream.claims;

import io.patchstream.stream.frame.EngineStoppedException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work that may never return, such as opening a file on a mount whose server is gone: done on a thread of its own, and
 * given up after a time. A thread that is stuck in the kernel cannot be ended, so they are counted: while {@value #MOST}
 * of a place hang, that place is not tried again, and no other place notices. Shared by threads.
 */
final class Errands {
    /** Threads that may hang at one place. */
    static final int MOST = 4;

    private final ExecutorService threads;
    private final AtomicInteger hanging = new AtomicInteger();

    /**
     * Errands to one place.
     *
     * @param threads makes a thread whenever none is idle; its owner closes it
     */
    Errands(ExecutorService threads) {
        this.threads = threads;
    }

    /**
     * What {@code work} returns.
     *
     * @throws IOException what it throws; a runtime exception comes as it is
     * @throws TimeoutException when it does not return in time, or when too many before it have not; the message says which
     */
    <T> T run(Callable<T> work, Duration patience) throws IOException, TimeoutException {
        if (hanging.get() >= MOST) {
            throw new TimeoutException(hanging + " attempts before it still hang there");
        }
        // Whether somebody waits for it: of the two, the one that comes second settles the count.
        AtomicBoolean settled = new AtomicBoolean();
        FutureTask<T> result = new FutureTask<>(work);
        threads.execute(() -> {
            try {
                result.run();
            } finally {
                if (!settled.compareAndSet(false, true)) {
                    hanging.decrementAndGet();
                }
            }
        });
        try {
            return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            giveUp(result, settled);
            TimeoutException told = new TimeoutException("no answer within " + patience.toMillis() + " ms");
            told.initCause(e);
            throw told;
        } catch (InterruptedException e) {
            giveUp(result, settled);
            Thread.currentThread().interrupt();
            throw new EngineStoppedException("interrupted while fetching a payload", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof IOException io
                    ? io
                    : new IOException(e.getCause().getMessage(), e);
        }
    }

    private void giveUp(Future<?> result, AtomicBoolean settled) {
        hanging.incrementAndGet();
        if (!settled.compareAndSet(false, true)) {
            hanging.decrementAndGet();
        }
        // Ends what waits for a channel; a system call on a dead mount goes on.
        result.cancel(true);
    }
}
