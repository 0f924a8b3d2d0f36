package io.patchstream.stream.ingest;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next try: twice as long after each failure, up to a limit, and never quite the same, so that
 * a hundred cameras behind one switch do not all come back in the same moment. Used by one thread.
 */
public final class Backoff {
    private final Duration first;
    private final Duration longest;
    private final DoubleSupplier random;
    private int failures;

    /** @param random uniform in [0, 1) */
    public Backoff(Duration first, Duration longest, DoubleSupplier random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
    }

    /** Between half of the full wait and all of it. */
    public Duration next() {
        double full = Math.min(longest.toNanos(), first.toNanos() * Math.pow(2, Math.min(failures++, 60)));
        return Duration.ofNanos((long) (full * (0.5 + random.getAsDouble() / 2)));
    }

    /** It works again. */
    public void reset() {
        failures = 0;
    }

    /** How often it has failed since then. */
    public int failures() {
        return failures;
    }
}
