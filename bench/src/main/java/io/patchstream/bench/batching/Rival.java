package io.patchstream.bench.batching;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The rules of others, on one queue in the order of arrival. */
abstract class Rival implements Policy {
    final ArrayDeque<Trace.Arrival> queue = new ArrayDeque<>();
    final int max;

    private Rival(int max) {
        this.max = max;
    }

    @Override
    public void arrived(Trace.Arrival frame) {
        queue.add(frame);
    }

    @Override
    public int queued() {
        return queue.size();
    }

    @Override
    public void ran(int size, long nanos) {}

    Decision take() {
        List<Trace.Arrival> batch = new ArrayList<>();
        while (batch.size() < max && !queue.isEmpty()) {
            batch.add(queue.poll());
        }
        return Decision.run(batch);
    }

    /** All that waits, once the device is idle (Triton's default); and with a delay, DJL's size or age. */
    static final class Fixed extends Rival {
        private final long delay;

        Fixed(int max, long delayNanos) {
            super(max);
            this.delay = delayNanos;
        }

        @Override
        public Decision decide(long now) {
            long due = queue.isEmpty() ? Long.MAX_VALUE : queue.peek().at() + delay;
            return !queue.isEmpty() && (queue.size() >= max || now >= due) ? take() : Decision.at(due);
        }
    }

    /**
     * BentoML: a line a n + b fitted to the last 50 batches every 5 s; waits in ticks of 1 ms while n (w_n + tick + a) is
     * at most 0.95 of the mean wait; cancels the oldest when w_0 + a n + b reaches the limit.
     */
    static final class BentoMl extends Rival {
        private static final double TICK = 0.001;
        private static final double WAIT_WEIGHT = 0.1;
        private final double limit;
        private final ArrayDeque<double[]> seen = new ArrayDeque<>();
        private double a;
        private double b;
        private double wait = 0.01;
        private double elapsed;
        private long fitted = Long.MIN_VALUE;

        BentoMl(int max, double limit) {
            super(max);
            this.limit = limit;
        }

        @Override
        public Decision decide(long now) {
            if (seen.size() > 1 && (fitted == Long.MIN_VALUE || now - fitted > 5_000_000_000L)) {
                fit();
                fitted = now;
            }
            while (!queue.isEmpty()) {
                int n = Math.min(max, queue.size());
                if (fitted != Long.MIN_VALUE && age(queue.peek(), now) + a * n + b >= limit) {
                    queue.poll();
                } else if (n < max && n * (age(queue.peekLast(), now) + TICK + a) <= 0.95 * wait) {
                    return Decision.at(now + (long) (TICK * 1e9));
                } else {
                    elapsed = queue.stream()
                            .limit(n)
                            .mapToDouble(f -> age(f, now))
                            .average()
                            .orElse(0);
                    wait += WAIT_WEIGHT * (elapsed - wait);
                    return take();
                }
            }
            return Decision.at(Long.MAX_VALUE);
        }

        private static double age(Trace.Arrival frame, long now) {
            return (now - frame.at()) / 1e9;
        }

        @Override
        public void ran(int size, long nanos) {
            seen.add(new double[] {size, nanos / 1e9});
            if (seen.size() > 50) {
                seen.poll();
            }
        }

        private void fit() {
            double x = seen.stream().mapToDouble(p -> p[0]).average().orElse(0);
            double y = seen.stream().mapToDouble(p -> p[1]).average().orElse(0);
            double xx = seen.stream().mapToDouble(p -> (p[0] - x) * (p[0] - x)).sum();
            double xy = seen.stream().mapToDouble(p -> (p[0] - x) * (p[1] - y)).sum();
            a = xx == 0 ? y / x : Math.max(0, xy / xx);
            b = Math.max(0, y - a * x);
        }
    }
}
