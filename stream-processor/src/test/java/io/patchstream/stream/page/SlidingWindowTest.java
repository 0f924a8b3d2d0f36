package io.patchstream.stream.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SlidingWindowTest {
    private static final long SECOND = 1_000_000_000L;

    private final SlidingWindow window = new SlidingWindow(10 * SECOND);

    @Test
    void shouldCountTheLastSecondsOnly() {
        for (int i = 0; i < 200; i++) {
            window.add(i * SECOND / 10, i, 2);
        }

        // The last ten seconds hold the values 99 to 199, two pictures each.
        assertThat(window.perSecond(199 * SECOND / 10)).isCloseTo(20, within(0.3));
        assertThat(window.quantile(0.5, 199 * SECOND / 10)).isEqualTo(149);
        assertThat(window.quantile(0.99, 199 * SECOND / 10)).isEqualTo(198);
        assertThat(window.mean(199 * SECOND / 10)).isEqualTo(149);
    }

    @Test
    void shouldForgetEverythingInSilence() {
        window.add(0, 5, 1);

        assertThat(window.perSecond(11 * SECOND)).isZero();
        assertThat(window.quantile(0.5, 11 * SECOND)).isNaN();
    }

    @Test
    void shouldNotTakeItsFirstSecondsForTen() {
        for (int i = 0; i <= 20; i++) {
            window.add(i * SECOND / 10, 1, 1);
        }

        assertThat(window.perSecond(2 * SECOND)).isCloseTo(10, within(0.6));
    }
}
