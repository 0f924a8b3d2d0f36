package io.patchstream.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.bench.speed.LargestBatch.Tried;
import java.io.IOException;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LargestBatchTest {
    private static final int LIMIT = 2048;
    private static final int ANY = 1 << 20;

    private static LargestBatch.Trial of(IntToDoubleFunction mib) {
        return pictures -> {
            double taken = mib.applyAsDouble(pictures);
            return new Tried(pictures, taken <= LIMIT, taken <= LIMIT ? taken : 0);
        };
    }

    private static LargestBatch found(int most, IntToDoubleFunction mib) throws IOException, InterruptedException {
        return LargestBatch.within(LIMIT, most, of(mib));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 1, 7, 19.5, 310})
    void shouldFindTheLargestWithinTwoPercentWhereMemoryGrowsByTheSameForEachPicture(double each) throws Exception {
        int largest = (int) ((LIMIT - 300) / each);

        LargestBatch batch = found(ANY, pictures -> 300 + each * pictures);

        assertThat(batch.shown()).isTrue();
        assertThat(batch.pictures()).isBetween((int) (0.98 * largest), largest);
        assertThat(batch.tried()).hasSizeLessThan(17);
    }

    @Test
    void shouldFindItWhereMemoryGrowsInSteps() throws Exception {
        // Powers of 2, as an arena may take them: 1,024 MiB do for batches of up to 512.
        LargestBatch batch = found(ANY, pictures -> 100 + 2.0 * Integer.highestOneBit(2 * pictures - 1));

        assertThat(batch.shown()).isTrue();
        assertThat(batch.pictures()).isBetween(502, 512);
    }

    @Test
    void shouldTellByALineWhatWouldTakeTooLong() throws Exception {
        LargestBatch batch = found(20, pictures -> 348 + 10.0 * pictures);

        assertThat(batch.shown()).isFalse();
        assertThat(batch.pictures()).isEqualTo(170);
        assertThat(batch.tried()).extracting(Tried::pictures).containsExactly(1, 2, 4, 8, 16);
    }

    @Test
    void shouldFindItWhereADeviceSaysOnlyThatItIsFull() throws Exception {
        LargestBatch batch = LargestBatch.within(0, ANY, pictures -> new Tried(pictures, pictures <= 777, 0));

        assertThat(batch.shown()).isTrue();
        assertThat(batch.pictures()).isBetween(762, 777);
    }

    @Test
    void shouldSayNoneWhereNotEvenOnePictureFits() throws Exception {
        LargestBatch batch = found(ANY, pictures -> 5000);

        assertThat(batch.pictures()).isZero();
        assertThat(batch.shown()).isTrue();
        assertThat(batch.tried()).hasSize(1);
    }
}
