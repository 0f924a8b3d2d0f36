package io.patchstream.stream.run;

import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.SourceUnavailableException;
import io.patchstream.stream.settings.StreamSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a stream thread dies. Its transaction is aborted in any case and its frames will be read again; the
 * question is only by whom. A failure that may pass (engine, registry, broker) is met with a new thread after a pause, a
 * few times; anything else, and too many of those, stops the process. Called by the dying threads.
 */
final class RestartPolicy implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RestartPolicy.class);
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final StreamSettings settings;
    private final Consumer<Throwable> givenUp;
    private final LongSupplier nanoTime;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Deque<Long> restarts = new ArrayDeque<>();

    /**
     * A policy.
     *
     * @param givenUp told why, when the process has to stop
     * @param nanoTime the clock
     */
    RestartPolicy(StreamSettings settings, Consumer<Throwable> givenUp, LongSupplier nanoTime) {
        this.settings = settings;
        this.givenUp = givenUp;
        this.nanoTime = nanoTime;
    }

    @Override
    public StreamThreadExceptionResponse handle(Throwable failure) {
        int restart = mayPass(failure) ? nextRestart() : 0;
        if (restart == 0) {
            LOG.atError().setCause(failure).log("stream thread failed; the processor stops");
            givenUp.accept(failure);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        Duration pause = pause(restart);
        LOG.atWarn()
                .addKeyValue("restart", restart)
                .addKeyValue("of", settings.restarts())
                .addKeyValue("pause", pause)
                .setCause(failure)
                .log("stream thread failed; its frames are read again by a new one");
        try {
            if (stopping.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Ends all pauses: the processor is being closed. */
    void stop() {
        stopping.countDown();
    }

    /** Restarts within the window as of the last one. */
    synchronized int count() {
        return restarts.size();
    }

    private static boolean mayPass(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof EngineStoppedException
                    || cause instanceof SourceUnavailableException
                    || cause instanceof RetriableException
                    || cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    /** The number of this restart within the window, from 1; 0 when there were too many. */
    private synchronized int nextRestart() {
        long now = nanoTime.getAsLong();
        while (!restarts.isEmpty() && now - restarts.getFirst() > WINDOW.toNanos()) {
            restarts.removeFirst();
        }
        if (restarts.size() >= settings.restarts()) {
            return 0;
        }
        restarts.addLast(now);
        return restarts.size();
    }

    private Duration pause(int restart) {
        Duration pause = settings.restartBackoff().multipliedBy(1L << Math.min(restart - 1, 20));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
