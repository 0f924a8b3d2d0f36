package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ActivationHistogramTest {
    @Test
    void shouldKnowQuantilesOfWhatItSawWhateverTheOrder() {
        ActivationHistogram small = new ActivationHistogram();
        ActivationHistogram largeFirst = new ActivationHistogram();
        float[] values = new float[100_000];
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        small.add(values);
        small.add(new float[] {40});
        largeFirst.add(new float[] {40});
        largeFirst.add(values);
        for (int i = 0; i < ActivationHistogram.BINS; i++) {
            assertThat(small.count(i)).isEqualTo(largeFirst.count(i));
        }
        assertThat(small.total()).isEqualTo(100_001);
        assertThat(small.max()).isEqualTo(40);
        assertThat(small.quantile(0.5)).isEqualTo(0, within(0.04));
        assertThat(small.quantile(0.975)).isEqualTo(1.96, within(0.06));
        assertThat(small.quantile(1)).isEqualTo(40, within(0.04));
    }

    @Test
    void shouldRefuseAnOverflow() {
        assertThatThrownBy(() -> new ActivationHistogram().add(new float[] {1, Float.NaN}))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("NaN");
    }

    @Test
    void shouldClipAFarValueWhereThatCostsLess() {
        ActivationHistogram seen = new ActivationHistogram();
        float[] values = new float[200_000];
        Random random = new Random(2);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        seen.add(values);
        seen.add(new float[] {30, -1});
        assertThat(RangeMethod.MIN_MAX.range(seen).max()).isEqualTo(30);
        assertThat(RangeMethod.PERCENTILE_99_99.range(seen).max()).isBetween(3.0, 5.0);
        // Of one value at 30 and 200000 around 0, the sum (30 - x)^2 + 200000 ((x + 5) / 255)^2 / 12 is least at x =
        // 23.4.
        assertThat(RangeMethod.LEAST_SQUARES.range(seen).max()).isBetween(22.0, 25.0);
    }

    @Test
    void shouldKeepZeroExact() {
        for (ActivationRange range : new ActivationRange[] {
            ActivationRange.holding(-0.17, 3.9), ActivationRange.holding(0.5, 2), ActivationRange.holding(-3, -1)
        }) {
            assertThat(range.min()).isLessThanOrEqualTo(0);
            assertThat(range.max()).isGreaterThanOrEqualTo(0);
            assertThat(range.zeroPoint()).isBetween(0, 255);
            double lowest = (0 - range.zeroPoint()) * range.scale();
            double highest = (255 - range.zeroPoint()) * range.scale();
            assertThat(lowest).isEqualTo(range.min(), within((double) range.scale()));
            assertThat(highest).isEqualTo(range.max(), within((double) range.scale()));
        }
        assertThat(ActivationRange.holding(0, 0).scale()).isPositive();
    }
}
