package io.patchstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.bench.SteadyLoad.Wait;
import java.util.List;
import org.junit.jupiter.api.Test;

class SteadyLoadTest {
    private static final long MILLI = 1_000_000;

    private static Wait frame(long dueMillis, long millis) {
        return new Wait(dueMillis * MILLI, (dueMillis + millis) * MILLI);
    }

    @Test
    void shouldTakeTheLongestWaitOfThoseUnderWayOrDueSoonAfter() {
        List<Wait> waits = List.of(frame(0, 90), frame(80, 30), frame(150, 20), frame(195, 40), frame(201, 500));
        assertThat(SteadyLoad.longestAround(waits, 100 * MILLI)).isEqualTo(40);
        assertThat(SteadyLoad.longestAround(waits, 85 * MILLI)).isEqualTo(90);
        assertThat(SteadyLoad.longestAround(waits, 110 * MILLI)).isEqualTo(500);
        assertThat(SteadyLoad.longestAround(waits, 900 * MILLI)).isZero();
    }
}
