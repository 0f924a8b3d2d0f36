package io.patchstream.stream.ingest;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A camera's time, so that tests need not wait for it. */
interface CameraClock {
    /** Of a steady clock. */
    long nanos();

    /** Of the calendar: microseconds since the epoch. */
    long epochMicros();

    /** Waits, or until {@code stop} is open. */
    void sleep(Duration time, CountDownLatch stop) throws InterruptedException;

    /** This machine's. */
    static CameraClock system() {
        return new CameraClock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public long epochMicros() {
                return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            }

            @Override
            public void sleep(Duration time, CountDownLatch stop) throws InterruptedException {
                stop.await(time.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }
}
