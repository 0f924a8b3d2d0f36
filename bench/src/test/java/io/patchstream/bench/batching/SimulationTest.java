package io.patchstream.bench.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private final Device gpu = Device.gpu();

    @Test
    void shouldGiveTheSameFiguresForTheSameSeed() {
        assertThat(ours(Trace.BURST, 0.9)).isEqualTo(ours(Trace.BURST, 0.9));
    }

    @Test
    void shouldOfferTheRateThatWasAskedForOnEveryTrace() {
        for (Trace trace : Trace.values()) {
            assertThat(trace.arrivals(100, 100, 1).size()).as("%s", trace).isBetween(9000, 11000);
        }
    }

    @Test
    void shouldAnswerEveryFrameInTimeAtHalfLoad() {
        assertThat(ours(Trace.STEADY, 0.5).share()).isGreaterThan(0.99);
        assertThat(ours(Trace.STEADY, 0.5).dropped()).isZero();
    }

    @Test
    void shouldKeepTheOtherCamerasInTimeWhileOneFloods() {
        List<Trace.Arrival> flood = Trace.FLOOD.arrivals(1.2 * gpu.capacity(), 5, 1);
        Simulation.Result ours = Simulation.run(new Planned(gpu, false), gpu, flood, 1);
        Simulation.Result eager = Simulation.run(new Rival.Fixed(32, 0), gpu, flood, 1);
        assertThat(ours.worstShare()).isGreaterThan(0.95);
        assertThat(eager.worstShare()).isLessThan(0.2);
    }

    private Simulation.Result ours(Trace trace, double load) {
        return Simulation.run(new Planned(gpu, false), gpu, trace.arrivals(load * gpu.capacity(), 5, 1), 1);
    }
}
