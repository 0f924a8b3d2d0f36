package io.patchstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {
    @Test
    void shouldInterleaveAndNotCountTheFirstRound() throws Exception {
        List<String> order = new ArrayList<>();
        Rounds rounds = new Rounds(2, Duration.ZERO);
        rounds.add("a", deadline -> did(order, "a"));
        rounds.add("b", deadline -> did(order, "b"));
        Map<String, Rounds.Series> series = rounds.run();
        assertThat(order).containsExactly("a", "b", "a", "b", "a", "b");
        assertThat(series).containsOnlyKeys("a", "b");
        assertThat(series.get("a").samples()).hasSize(2);
    }

    @Test
    void shouldTakeTheMedian() {
        assertThat(Rounds.median(5, 1, 100)).isEqualTo(5);
        assertThat(Rounds.median(4, 1, 2, 100)).isEqualTo(3);
    }

    private static long did(List<String> order, String what) {
        order.add(what);
        return 1;
    }
}
