package io.patchstream.bench.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.bench.fault.FaultSchedule.Planned;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FaultScheduleTest {
    private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);

    @Test
    void shouldPlanTheSameForTheSameSeedAndAnotherForAnother() {
        FaultSchedule schedule = FaultSchedule.of(5, ALL, 60, 900_000, 3);
        assertThat(FaultSchedule.of(5, ALL, 60, 900_000, 3)).isEqualTo(schedule);
        assertThat(FaultSchedule.of(6, ALL, 60, 900_000, 3)).isNotEqualTo(schedule);
    }

    @Test
    void shouldPlanEveryKindEquallyOften() {
        assertThat(FaultSchedule.of(5, ALL, 3 * ALL.size(), 900_000, 3).faults().stream()
                        .collect(Collectors.groupingBy(Planned::fault, Collectors.counting())))
                .hasSize(ALL.size())
                .allSatisfy((fault, times) -> assertThat(times).isEqualTo(3));
    }

    @Test
    void shouldPlanInOrderOfTimeWithinTheTimeGiven() {
        List<Planned> faults = FaultSchedule.of(5, ALL, 60, 900_000, 3).faults();
        assertThat(faults).extracting(Planned::atMillis).isSorted().allMatch(at -> at >= 0 && at < 900_000);
        assertThat(faults).extracting(Planned::place).containsOnly(0, 1, 2);
    }

    @Test
    void shouldTakeAFirstWordForAllThatBeginWithIt() {
        assertThat(Fault.named(List.of("kill", "pause-broker")))
                .containsExactly(Fault.KILL_PROCESSOR, Fault.KILL_GENERATOR, Fault.KILL_BROKER, Fault.PAUSE_BROKER);
    }

    @Test
    void shouldSayWhichFaultsThereAre() {
        assertThatThrownBy(() -> Fault.named(List.of("flood")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no fault flood")
                .hasMessageContaining("disk-full");
    }
}
