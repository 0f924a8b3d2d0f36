package io.patchstream.stream.batch;

import java.time.Duration;

/**
 * Decides when a batch goes out, and of what size: the {@link ServiceCurve}, the {@link DispatchRule} and the rate of
 * arrivals in one place, without locks and clocks of its own. The {@link DynamicBatcher} drives it by the real clock, a
 * simulation by a virtual one.
 *
 * <p>Under a latency target a batch that is not full is deferred while three things hold: its oldest picture can still be
 * answered in time with one more beside it; the rate of arrivals promises that one within the time left; and one more
 * raises n / s(n), which it never does where s is a line through 0.
 *
 * <p>Not thread-safe: its owner's lock guards it.
 */
public final class BatchPlanner {
    private static final double WEIGHT = 0.1;
    /** Of the target, what decode, publishing and the other half of the wait may take. */
    private static final double SERVICE_SHARE = 0.5;

    private static final double MARGIN = 0.1;
    private static final double PAYS = 1.02;

    private final ServiceCurve curve;
    private final DispatchRule rule;
    private final long targetNanos;
    private final int minBatch;
    private double gapNanos = -1;
    private long lastArrival;
    private boolean any;

    /** What is known when it decides; at least one picture is ready. */
    public record Situation(
            int ready, boolean moreOnItsWay, boolean everyoneWaits, boolean deviceIdle, long oldestNanos, long now) {}

    /**
     * A planner.
     *
     * @param maxDelay how long a picture waits for company where there is no latency target
     * @param latencyTarget from arrival to answer; 0 is none
     */
    public BatchPlanner(ServiceCurve curve, Duration maxDelay, Duration latencyTarget) {
        this(curve, maxDelay, latencyTarget, 1);
    }

    /**
     * As that, with a bound below.
     *
     * @param minBatch the smallest size to gather for, whatever was learned; less goes out where nothing more comes in time
     */
    public BatchPlanner(ServiceCurve curve, Duration maxDelay, Duration latencyTarget, int minBatch) {
        this.curve = curve;
        this.rule = new DispatchRule(maxDelay);
        this.targetNanos = latencyTarget.toNanos();
        this.minBatch = minBatch;
    }

    /** Seconds that one batch may take under a latency target of so long; without one, as long as it likes. */
    public static double budgetSeconds(Duration latencyTarget) {
        return latencyTarget.isZero() ? Double.POSITIVE_INFINITY : latencyTarget.toNanos() * SERVICE_SHARE / 1e9;
    }

    /** A picture became ready at {@code now}, in nanoseconds. */
    public void arrived(long now) {
        if (any) {
            double gap = Math.max(0, now - lastArrival);
            gapNanos = gapNanos < 0 ? gap : gapNanos + WEIGHT * (gap - gapNanos);
        }
        any = true;
        lastArrival = now;
    }

    /** The size to gather next, at most {@code limit}. */
    public int target(int limit) {
        return Math.min(limit, Math.max(minBatch, curve.target(limit)));
    }

    /** How long to wait, in nanoseconds; 0 or less is now. */
    public long nanosToWait(Situation now, int target) {
        long byRule = rule.nanosToWait(new DispatchRule.Situation(
                now.ready, target, now.moreOnItsWay, now.everyoneWaits, now.deviceIdle, now.oldestNanos));
        if (targetNanos == 0 || now.ready >= target || (now.everyoneWaits && !now.moreOnItsWay)) {
            return byRule;
        }
        // While another batch runs there is time to gather, as without a target, but not past the latest moment.
        return now.deviceIdle ? nanosToDefer(now) : Math.min(byRule, (long) slackNanos(now));
    }

    /** How long a batch of this size is expected to take, in nanoseconds; 0 while nothing is known. */
    public long expectedNanos(int size) {
        return (long) (curve.expected(size) * 1e9);
    }

    /** True when a picture that is {@code ageNanos} old cannot be answered in time in a batch of {@code size}. */
    public boolean isTooLate(long ageNanos, int size) {
        return targetNanos > 0 && ageNanos + curve.expected(size) * 1e9 > targetNanos;
    }

    /** How long the oldest can still wait and be in time with one more beside it. */
    private double slackNanos(Situation now) {
        return targetNanos * (1 - MARGIN) - now.oldestNanos - curve.expected(now.ready + 1) * 1e9;
    }

    private long nanosToDefer(Situation now) {
        double next = curve.expected(now.ready + 1);
        double slack = slackNanos(now);
        double gain = next == 0 ? 0 : (now.ready + 1) / next * curve.expected(now.ready) / now.ready;
        // The next one is due a mean gap after the last; once it is overdue the rate promises nothing more.
        double due = gapNanos < 0 ? Double.POSITIVE_INFINITY : 2 * gapNanos - (now.now - lastArrival);
        return gain > PAYS && due > 0 && due < slack ? (long) Math.ceil(due) : 0;
    }
}
