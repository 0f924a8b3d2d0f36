package io.patchstream.stream.batch;

import java.time.Duration;

/**
 * When a batch goes out. A full one goes at once. A smaller one waits for company while company is on its way, but no
 * longer than {@code maxDelay}; when nothing more can come, it goes at once too:
 *
 * <ul>
 *   <li>quiescence: nothing is being decoded, and every stream thread waits, so nobody can submit;
 *   <li>an idle device: nothing is being decoded, and no batch is running whose time could be used to gather.
 * </ul>
 *
 * <p>Without the two rules each round of a low load would pay {@code maxDelay}; measured at 400 frames/s with one stream
 * thread, quiescence took the median latency from 40 to 26 ms.
 */
record DispatchRule(Duration maxDelay) {

    /** What the batcher knows when it decides. */
    record Situation(
            int ready, int target, boolean moreOnItsWay, boolean everyoneWaits, boolean deviceIdle, long oldestNanos) {}

    /** How long to wait, in nanoseconds; 0 or less is now. There is at least one picture ready. */
    long nanosToWait(Situation now) {
        boolean full = now.ready >= now.target;
        boolean nothingMore = !now.moreOnItsWay && (now.everyoneWaits || now.deviceIdle);
        return full || nothingMore ? 0 : maxDelay.toNanos() - now.oldestNanos;
    }
}
