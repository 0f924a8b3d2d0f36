package io.patchstream.stream.ingest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Time that passes only by sleeping. */
final class FakeClock implements CameraClock {
    final List<Duration> sleeps = new ArrayList<>();
    private long nanos = 5_000_000_000L;
    private int stopAfterSleeps = Integer.MAX_VALUE;
    private Runnable stopper = () -> {};

    /** Stops the camera during its {@code sleeps}th sleep. */
    void stopAfter(int count, Camera camera) {
        stopAfterSleeps = count;
        stopper = camera::stop;
    }

    void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long epochMicros() {
        return 1_700_000_000_000_000L + nanos / 1000;
    }

    @Override
    public void sleep(Duration time, CountDownLatch stop) {
        sleeps.add(time);
        nanos += time.toNanos();
        if (sleeps.size() >= stopAfterSleeps) {
            stopper.run();
        }
    }
}
