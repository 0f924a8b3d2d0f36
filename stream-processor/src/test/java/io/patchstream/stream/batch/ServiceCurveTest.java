package io.patchstream.stream.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServiceCurveTest {
    @Test
    void shouldStayAtOneWhereBatchingDoesNotPay() {
        // ViT-Ti on a CPU: 35.5, 38.4 and 48.1 ms per picture at 1, 4 and 16.
        ServiceCurve curve = learned(16, b -> b <= 1 ? 35.5 : b <= 4 ? 38.4 * b : 48.1 * b);
        assertThat(curve.best(16)).isEqualTo(1);
    }

    @Test
    void shouldGoToTheLargestWhereItPays() {
        // A GPU: 2 ms to start, 0.2 ms per picture.
        ServiceCurve curve = learned(64, b -> 2 + 0.2 * b);
        assertThat(curve.best(64)).isGreaterThanOrEqualTo(48);
        assertThat(curve.best(8)).isEqualTo(8);
    }

    @Test
    void shouldNotPayLatencyForAGainWithinTheNoise() {
        ServiceCurve curve = learned(4, b -> 10.0 * b * (b == 1 ? 1 : 0.97));
        assertThat(curve.best(4)).isEqualTo(1);
    }

    @Test
    void shouldForgetAFirstImpression() {
        ServiceCurve curve = new ServiceCurve(8);
        curve.observe(1, 10_000_000);
        curve.observe(8, 200_000_000);
        assertThat(curve.best(8)).isEqualTo(1);
        for (int i = 0; i < 20; i++) {
            curve.observe(8, 40_000_000);
        }
        assertThat(curve.best(8)).isEqualTo(8);
    }

    @Test
    void shouldTryALargerAndASmallerSizeNowAndThen() {
        ServiceCurve curve = new ServiceCurve(16);
        curve.observe(1, 10_000_000);
        curve.observe(4, 10_000_000);
        List<Integer> targets =
                IntStream.range(0, 640).mapToObj(i -> curve.target(16)).toList();
        assertThat(targets).filteredOn(size -> size == 8).hasSize(5);
        assertThat(targets).filteredOn(size -> size == 2).hasSize(5);
        assertThat(targets).filteredOn(size -> size == 4).hasSize(630);
    }

    @Test
    void shouldNeitherLearnNorTryWhenItIsFrozen() {
        ServiceCurve curve = new ServiceCurve(16);
        curve.observe(1, 10_000_000);
        curve.observe(4, 10_000_000);
        curve.freeze();
        for (int i = 0; i < 200; i++) {
            curve.observe(4, 90_000_000);
            assertThat(curve.target(16)).isEqualTo(4);
        }
        assertThat(curve.seconds(4)).isEqualTo(0.010);
    }

    @Test
    void shouldBecomeAnotherModelsThoughFrozen() {
        ServiceCurve curve = learned(4, b -> 10.0 * b);
        curve.freeze();
        curve.become(learned(4, b -> 10.0));
        assertThat(curve.target(4)).isEqualTo(4);
    }

    @Test
    void shouldKeepItsBestSizeWithinTheBudget() {
        ServiceCurve curve = new ServiceCurve(64, 0.010);
        for (int b = 1; b <= 64; b++) {
            curve.observe(b, (long) ((2 + 0.5 * b) * 1e6));
        }
        assertThat(curve.best(64)).isBetween(12, 16);
    }

    @Test
    void shouldCountSlowBatchesAgainstTheBudget() {
        ServiceCurve curve = new ServiceCurve(2, 0.010);
        curve.observe(1, 5_000_000);
        for (int i = 0; i < 50; i++) {
            curve.observe(2, i % 2 == 0 ? 2_000_000 : 14_000_000);
        }
        assertThat(curve.best(2)).isEqualTo(1);
    }

    @Test
    void shouldExpectTheLineForASizeNotSeenAndNeverLessThanASmallerOne() {
        ServiceCurve curve = new ServiceCurve(16);
        assertThat(curve.expected(3)).isZero();
        curve.observe(1, 3_000_000);
        assertThat(curve.expected(2)).isEqualTo(0.006);
        curve.observe(8, 10_000_000);
        assertThat(curve.expected(4)).isCloseTo(0.006, within(1e-9));
        assertThat(curve.expected(17)).isGreaterThan(curve.expected(16));
        curve.observe(9, 1_000_000);
        assertThat(curve.expected(9)).isEqualTo(curve.expected(8));
    }

    @Test
    void shouldTellPicturesPerSecondAtItsBest() {
        ServiceCurve curve = new ServiceCurve(4);
        assertThat(curve.picturesPerSecond()).isZero();
        curve.observe(1, 20_000_000);
        curve.observe(4, 40_000_000);
        assertThat(curve.picturesPerSecond()).isEqualTo(100);
    }

    private static ServiceCurve learned(int maxBatch, IntToDoubleFunction millis) {
        ServiceCurve curve = new ServiceCurve(maxBatch);
        for (int b = 1; b <= maxBatch; b++) {
            curve.observe(b, (long) (millis.applyAsDouble(b) * 1e6));
        }
        return curve;
    }
}
