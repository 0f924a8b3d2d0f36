package io.patchstream.trainer.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.vision.RgbImage;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NestedFractionsTest {
    /** 1,000 examples: 500, 300, 150 and 50 of the four classes, in a row. */
    private static final Dataset WHOLE = new Dataset() {
        @Override
        public int size() {
            return 1000;
        }

        @Override
        public int label(int index) {
            return index < 500 ? 0 : index < 800 ? 1 : index < 950 ? 2 : 3;
        }

        @Override
        public List<String> labels() {
            return List.of("a", "b", "c", "d");
        }

        @Override
        public RgbImage image(int index, long variation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String manifestSha256() {
            return "";
        }
    };

    private static Set<String> origins(Dataset dataset) {
        return IntStream.range(0, dataset.size())
                .mapToObj(i -> dataset.origin(i).toString())
                .collect(Collectors.toSet());
    }

    @Test
    void shouldHoldAllSmallerParts() {
        NestedFractions fractions = new NestedFractions(WHOLE, 7);
        Set<String> smaller = Set.of();
        for (int size : new int[] {1, 4, 10, 99, 100, 500, 999, 1000}) {
            Set<String> part = origins(fractions.first(size));
            assertThat(part).hasSize(size).containsAll(smaller);
            smaller = part;
        }
    }

    @Test
    void shouldHaveEachClassInItsShare() {
        for (int seed = 0; seed < 5; seed++) {
            NestedFractions fractions = new NestedFractions(WHOLE, seed);
            for (int size = 1; size <= 1000; size++) {
                Dataset part = fractions.first(size);
                int[] counts = new int[4];
                IntStream.range(0, size).forEach(i -> counts[part.label(i)]++);
                double[] shares = {0.5, 0.3, 0.15, 0.05};
                for (int k = 0; k < 4; k++) {
                    assertThat(Math.abs(counts[k] - shares[k] * size))
                            .as("class %d of %d examples, seed %d", k, size, seed)
                            .isLessThanOrEqualTo(1.5);
                }
            }
        }
    }

    @Test
    void shouldBeRandomBySeed() {
        Set<String> one = origins(new NestedFractions(WHOLE, 1).first(100));
        Set<String> again = origins(new NestedFractions(WHOLE, 1).first(100));
        Set<String> two = origins(new NestedFractions(WHOLE, 2).first(100));

        assertThat(one).isEqualTo(again);
        one.retainAll(two);
        // 100 of 1,000 share 10 with another 100 by chance; 40 would be 10 deviations off.
        assertThat(one).hasSizeBetween(1, 40);
    }

    @Test
    void shouldRefuseMoreThanThereAre() {
        assertThatThrownBy(() -> new NestedFractions(WHOLE, 1).first(1001))
                .hasMessage("1001 examples are asked for; the data have 1000 to train on");
    }
}
