package io.patchstream.stream.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void shouldTellQuantiles() {
        for (int ms = 1; ms <= 100; ms++) {
            latencies.add(ms * 1000L);
        }

        assertThat(latencies.quantile(0.5)).isEqualTo(50);
        assertThat(latencies.quantile(0.99)).isEqualTo(99);
        assertThat(latencies.quantile(1)).isEqualTo(100);
    }

    @Test
    void shouldBeZeroWithoutPictures() {
        assertThat(latencies.quantile(0.99)).isZero();
    }

    @Test
    void shouldTakeWhateverClocksGive() {
        latencies.add(-5000);
        latencies.add(Long.MAX_VALUE / 2);

        assertThat(latencies.quantile(0.5)).isZero();
        assertThat(latencies.quantile(1)).isEqualTo(60_000);
    }
}
