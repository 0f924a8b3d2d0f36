package io.patchstream.stream.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DurationHistogramTest {
    @Test
    void shouldCountABoundInItsOwnBucketAndEverythingSomewhere() {
        DurationHistogram histogram = DurationHistogram.doubling(0.5, 3);
        for (double seconds : new double[] {0, 0.5, 0.51, 1, 2, 2.1, 1e9, -3}) {
            histogram.add(seconds);
        }
        DurationHistogram.Counts counts = histogram.counts();
        assertThat(counts.bounds()).containsExactly(0.5, 1.0, 2.0, Double.POSITIVE_INFINITY);
        assertThat(counts.counts()).containsExactly(3L, 2L, 1L, 2L);
        assertThat(counts.total()).isEqualTo(8);
        assertThat(counts.sumSeconds()).as("-3 counts as 0").isEqualTo(1e9 + 6.11, within(1e-6));
    }

    @Test
    void shouldRefuseBoundsThatAreNone() {
        assertThatThrownBy(() -> DurationHistogram.doubling(0, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DurationHistogram.doubling(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
