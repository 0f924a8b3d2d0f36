package io.patchstream.trainer.optimise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.optimise.Schedule.Decay;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final double NEAR = 1e-12;
    private static final List<Double> STAIRS = List.of(0.3, 0.6, 0.9);

    @Test
    void shouldWarmUpInAStraightLine() {
        Schedule schedule = new Schedule(Decay.CONSTANT, 0.4, 4, 0, 100, STAIRS);

        assertThat(schedule.at(0)).isCloseTo(0.1, within(NEAR));
        assertThat(schedule.at(3)).isCloseTo(0.4, within(NEAR));
        assertThat(schedule.at(99)).isCloseTo(0.4, within(NEAR));
    }

    @Test
    void shouldFallInHalfACosine() {
        Schedule schedule = new Schedule(Decay.COSINE, 0.2, 10, 0, 110, STAIRS);

        assertThat(schedule.at(10)).isCloseTo(0.2, within(NEAR));
        assertThat(schedule.at(35)).isCloseTo(0.2 * (1 + Math.sqrt(0.5)) / 2, within(NEAR));
        assertThat(schedule.at(60)).isCloseTo(0.1, within(NEAR));
        assertThat(schedule.at(110)).isCloseTo(0, within(NEAR));
    }

    @Test
    void shouldFallInAStraightLineToTheCodesEnd() {
        Schedule schedule = new Schedule(Decay.LINEAR, 0.1, 0, 0, 100, STAIRS);

        assertThat(schedule.at(0)).isCloseTo(0.1, within(NEAR));
        assertThat(schedule.at(50)).isCloseTo((0.1 + 1e-5) / 2, within(NEAR));
        assertThat(schedule.at(100)).isCloseTo(1e-5, within(NEAR));
    }

    @Test
    void shouldRefuseAWarmUpLongerThanTheTraining() {
        assertThatThrownBy(() -> new Schedule(Decay.COSINE, 0.1, 11, 0, 10, STAIRS))
                .hasMessageContaining("warm-up 11")
                .hasMessageContaining("of 10");
    }

    @Test
    void shouldFallByTheSquareRootOfTheSteps() {
        Schedule schedule = new Schedule(Decay.RSQRT, 0.4, 100, 0, 100_000, STAIRS);

        assertThat(schedule.at(100)).isCloseTo(0.4, within(NEAR));
        assertThat(schedule.at(10_100)).isCloseTo(0.4 / Math.sqrt(2), within(NEAR));
        assertThat(schedule.at(30_100)).isCloseTo(0.2, within(NEAR));
    }

    @Test
    void shouldFallToATenthAtEachStair() {
        Schedule schedule = new Schedule(Decay.STAIR, 0.03, 0, 0, 10_000, STAIRS);

        assertThat(schedule.at(2_999)).isCloseTo(0.03, within(NEAR));
        assertThat(schedule.at(3_000)).isCloseTo(0.003, within(NEAR));
        assertThat(schedule.at(6_000)).isCloseTo(0.0003, within(NEAR));
        assertThat(schedule.at(9_999)).isCloseTo(0.00003, within(NEAR));
    }

    /** {@code get_lr} of BiT's code for fewer than 20,000 pictures, which spends its first step at a rate of 0. */
    @Test
    void shouldBeBitHyperRule() {
        List<Integer> supports = List.of(100, 200, 300, 400, 500);
        Schedule schedule = new Schedule(Decay.STAIR, 0.003, 100, 0, 500, List.of(0.4, 0.6, 0.8));

        for (int step = 0; step < 499; step++) {
            int theirs = step + 1;
            double rate = theirs < 100
                    ? 0.003 * theirs / 100
                    : 0.003
                            * Math.pow(
                                    0.1,
                                    supports.subList(1, 5).stream()
                                            .filter(s -> s < theirs)
                                            .count());
            assertThat(schedule.at(step)).isCloseTo(rate, within(NEAR));
        }
    }

    @Test
    void shouldCoolDownInAStraightLineToNothing() {
        Schedule schedule = new Schedule(Decay.CONSTANT, 0.4, 0, 10, 100, STAIRS);

        assertThat(schedule.at(90)).isCloseTo(0.4, within(NEAR));
        assertThat(schedule.at(95)).isCloseTo(0.2, within(NEAR));
        assertThat(schedule.at(99)).isCloseTo(0.04, within(NEAR));
    }
}
