package io.patchstream.stream.demo;

import java.util.concurrent.atomic.AtomicLongArray;

/** How long pictures took, to the millisecond; what is over a minute counts as a minute. Shared between threads. */
final class Latencies {
    private static final int MOST_MILLIS = 60_000;

    private final AtomicLongArray counts = new AtomicLongArray(MOST_MILLIS + 1);

    void add(long micros) {
        counts.incrementAndGet((int) Math.max(0, Math.min(MOST_MILLIS, (micros + 500) / 1000)));
    }

    /** The latency in milliseconds that {@code part} of all pictures stay within; 0 when there are none. */
    long quantile(double part) {
        long total = 0;
        for (int i = 0; i <= MOST_MILLIS; i++) {
            total += counts.get(i);
        }
        long seen = 0;
        for (int i = 0; i <= MOST_MILLIS; i++) {
            seen += counts.get(i);
            if (seen > 0 && seen >= Math.ceil(part * total)) {
                return i;
            }
        }
        return 0;
    }
}
