package io.patchstream.trainer.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.study.Comparison.Stretch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static Curve curve(String name, DoubleUnaryOperator accuracy, double... x) {
        return curve(name, 0.001, accuracy, x);
    }

    private static Curve curve(String name, double error, DoubleUnaryOperator accuracy, double... x) {
        return new Curve(
                name,
                DoubleStream.of(x)
                        .mapToObj(at -> new Curve.Point(at, accuracy.applyAsDouble(at), error))
                        .toList());
    }

    @Test
    void shouldCrossWhereTheFormulasDo() {
        // 0.2 ln x - 0.8 = 0.05 ln x + 0.1 at ln x = 6.
        Curve steep = curve("steep", x -> 0.2 * Math.log(x) - 0.8, 60, 500, 4000);
        Curve flat = curve("flat", x -> 0.05 * Math.log(x) + 0.1, 50, 200, 900, 3000);

        Comparison comparison = Comparison.of(steep, flat);

        assertThat(comparison.crossings()).hasSize(1);
        assertThat(comparison.crossings().get(0)).isCloseTo(Math.exp(6), within(1e-6));
        assertThat(comparison.stretches()).extracting(Stretch::ahead).containsExactly("flat", "steep");
        assertThat(comparison.stretches().get(0).from()).isEqualTo(60);
        assertThat(comparison.stretches().get(1).to()).isEqualTo(3000);
        // The largest leads at measured x: at 60 and at 3000.
        assertThat(comparison.stretches().get(0).most()).isCloseTo(0.9 - 0.15 * Math.log(60), within(1e-12));
        assertThat(comparison.stretches().get(1).most()).isCloseTo(0.15 * Math.log(3000) - 0.9, within(1e-12));
    }

    /** Against a walk in ten thousand steps over the lines themselves. */
    @Test
    void shouldFindEveryCrossingOfRandomLines() {
        Random random = new Random(5);
        int found = 0;
        for (int trial = 0; trial < 100; trial++) {
            double[] first = random.doubles(5, 0.2, 0.9).toArray();
            double[] second = random.doubles(4, 0.2, 0.9).toArray();
            double[] firstX = {10, 100, 1000, 10_000, 100_000};
            double[] secondX = {5, 300, 2000, 50_000};

            List<Double> crossings = Comparison.of(
                            curve("a", x -> first[index(firstX, x)], firstX),
                            curve("b", x -> second[index(secondX, x)], secondX))
                    .crossings();

            List<Double> walked = new ArrayList<>();
            double before = 0;
            for (int i = 0; i <= 10_000; i++) {
                double log = 1 + i / 10_000.0 * (Math.log10(50_000) - 1);
                double lead = straight(firstX, first, log) - straight(secondX, second, log);
                if (before * lead < 0) {
                    walked.add(log);
                }
                before = lead;
            }
            assertThat(crossings).hasSameSizeAs(walked);
            for (int i = 0; i < walked.size(); i++) {
                assertThat(Math.log10(crossings.get(i))).isCloseTo(walked.get(i), within(5e-4));
            }
            found += walked.size();
        }
        assertThat(found).isGreaterThan(50);
    }

    private static int index(double[] all, double x) {
        return java.util.Arrays.binarySearch(all, x);
    }

    private static double straight(double[] x, double[] y, double log) {
        int right = 1;
        while (right < x.length - 1 && Math.log10(x[right]) < log) {
            right++;
        }
        double a = Math.log10(x[right - 1]);
        double b = Math.log10(x[right]);
        return (y[right - 1] * (b - log) + y[right] * (log - a)) / (b - a);
    }

    @Test
    void shouldNotCallATouchACrossingButAnEqualPointBetweenOne() {
        Curve level = curve("level", x -> 0.5, 10, 100, 1000);
        Curve valley = curve("valley", x -> x == 100 ? 0.5 : 0.6, 10, 100, 1000);
        Curve rising = curve("rising", x -> x == 100 ? 0.5 : x < 100 ? 0.4 : 0.6, 10, 100, 1000);

        assertThat(Comparison.of(level, valley).crossings()).isEmpty();
        assertThat(Comparison.of(level, valley).stretches()).hasSize(1);
        assertThat(Comparison.of(level, rising).crossings()).containsExactly(100.0);
        assertThat(Comparison.of(level, level).stretches()).isEmpty();
    }

    @Test
    void shouldHaveNothingToSayWhereTheyShareNothing() {
        assertThat(Comparison.of(curve("a", x -> 0.5, 1, 2), curve("b", x -> 0.6, 3, 4))
                        .stretches())
                .isEmpty();
    }

    @Test
    void shouldTakeTwoErrorsForAClearLead() {
        // Errors of 0.01 each make one of 0.01414 in the difference, twice that is 0.0283.
        Curve level = curve("level", 0.01, x -> 0.5, 10, 100);
        assertThat(Comparison.of(level, curve("b", 0.01, x -> 0.528, 10, 100)).stretches())
                .extracting(Stretch::clear)
                .containsExactly(false);
        assertThat(Comparison.of(level, curve("b", 0.01, x -> 0.529, 10, 100)).stretches())
                .extracting(Stretch::clear)
                .containsExactly(true);
    }
}
