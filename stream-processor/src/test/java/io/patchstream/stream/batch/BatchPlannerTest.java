package io.patchstream.stream.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchPlannerTest {
    private static final long MILLI = 1_000_000;
    private static final Duration TARGET = Duration.ofMillis(50);

    private final ServiceCurve gpu = learned(2, 0.35);
    private final BatchPlanner planner = new BatchPlanner(gpu, Duration.ofMillis(4), TARGET);

    @Test
    void shouldDispatchAFullBatchAtOnce() {
        arrivals(planner, 5, MILLI);
        assertThat(planner.nanosToWait(situation(8, 0, 4 * MILLI), 8)).isLessThanOrEqualTo(0);
    }

    @Test
    void shouldDeferWhileOneMoreIsExpectedInTimeAndPays() {
        arrivals(planner, 5, MILLI);
        assertThat(planner.nanosToWait(situation(1, 0, 4 * MILLI), 8)).isPositive();
    }

    @Test
    void shouldNotDeferWhenTheNextOneIsOverdue() {
        arrivals(planner, 5, MILLI);
        assertThat(planner.nanosToWait(situation(1, 0, 7 * MILLI), 8)).isLessThanOrEqualTo(0);
    }

    @Test
    void shouldNotDeferWhenTheRatePromisesNobodyInTime() {
        arrivals(planner, 5, 40 * MILLI);
        assertThat(planner.nanosToWait(situation(1, 0, 160 * MILLI), 8)).isLessThanOrEqualTo(0);
    }

    @Test
    void shouldGatherForTheSmallestBatchThatIsSetAndNotForMoreThanThereIsMemory() {
        BatchPlanner atLeastFour = new BatchPlanner(learned(0, 5), Duration.ofMillis(4), Duration.ZERO, 4);
        assertThat(atLeastFour.target(8)).isEqualTo(4);
        assertThat(atLeastFour.target(2)).isEqualTo(2);
        assertThat(new BatchPlanner(learned(0, 5), Duration.ofMillis(4), Duration.ZERO).target(8))
                .isEqualTo(1);
    }

    @Test
    void shouldNeverDeferWhereTimeIsALineThroughZero() {
        BatchPlanner linear = new BatchPlanner(learned(0, 5), Duration.ofMillis(4), TARGET);
        arrivals(linear, 5, MILLI);
        for (int ready = 1; ready < 8; ready++) {
            assertThat(linear.nanosToWait(situation(ready, 0, 4 * MILLI), 8)).isLessThanOrEqualTo(0);
        }
    }

    @Test
    void shouldNeverDeferPastTheLatestMomentInAnySituation() {
        Random random = new Random(7);
        for (int round = 0; round < 5000; round++) {
            BatchPlanner any = new BatchPlanner(gpu, Duration.ofMillis(4), TARGET);
            long gap = 1 + random.nextInt(20_000_000);
            arrivals(any, 5, gap);
            int ready = 1 + random.nextInt(15);
            long age = random.nextInt(60_000_000);
            long wait = any.nanosToWait(situation(ready, age, 4 * gap), 16);
            if (wait > 0) {
                assertThat(any.isTooLate(age + wait, ready + 1)).isFalse();
            }
        }
    }

    @Test
    void shouldGatherWhileAnotherBatchRunsButNotPastTheLatestMoment() {
        assertThat(planner.nanosToWait(busy(MILLI), 8)).isEqualTo(3 * MILLI);
        BatchPlanner patient = new BatchPlanner(gpu, Duration.ofSeconds(1), TARGET);
        assertThat(patient.nanosToWait(busy(45 * MILLI), 8)).isLessThanOrEqualTo(0);
    }

    private static BatchPlanner.Situation busy(long oldestNanos) {
        return new BatchPlanner.Situation(1, false, false, false, oldestNanos, 0);
    }

    @Test
    void shouldTellWhatCannotBeInTime() {
        assertThat(planner.isTooLate(40 * MILLI, 1)).isFalse();
        assertThat(planner.isTooLate(49 * MILLI, 1)).isTrue();
        assertThat(new BatchPlanner(gpu, Duration.ZERO, Duration.ZERO).isTooLate(Long.MAX_VALUE, 1))
                .isFalse();
    }

    private static BatchPlanner.Situation situation(int ready, long oldestNanos, long now) {
        return new BatchPlanner.Situation(ready, false, false, true, oldestNanos, now);
    }

    private static void arrivals(BatchPlanner planner, int count, long gap) {
        for (int i = 0; i < count; i++) {
            planner.arrived(i * gap);
        }
    }

    private static ServiceCurve learned(double start, double each) {
        ServiceCurve curve = new ServiceCurve(16, BatchPlanner.budgetSeconds(TARGET));
        for (int b = 1; b <= 16; b++) {
            curve.observe(b, Math.round((start + each * b) * 1e6));
        }
        return curve;
    }
}
