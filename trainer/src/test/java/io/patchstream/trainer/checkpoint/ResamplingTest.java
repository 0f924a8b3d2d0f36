package io.patchstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.tensor.Resampling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against PyTorch, SciPy and timm; the arrays are made by {@code src/test/oracle/make_checkpoints.py}. */
class ResamplingTest {
    private static final Path GOLDEN = Path.of("src/test/resources/checkpoints/resampled/resampled.npz");

    @ParameterizedTest
    @EnumSource(Resampling.class)
    void shouldResizePositionsAsTheFamilysCode(Resampling rule) throws IOException {
        Map<String, HostTensor> golden = NumpyArchive.read(GOLDEN);

        for (int size : new int[] {3, 7}) {
            HostTensor resized = rule.positions(golden.get("grid"), 0, 4, size);

            assertThat(resized.values())
                    .as("to " + size)
                    .containsExactly(golden.get(rule + "." + size).values(), within(2e-6f));
        }
    }

    @Test
    void shouldLeaveTheClassTokensPositionAlone() {
        HostTensor positions = HostTensor.of(new float[] {9, 1, 1, 1, 1}, 1, 5, 1);

        assertThat(Resampling.BICUBIC.positions(positions, 1, 2, 3).values())
                .containsExactly(new float[] {9, 1, 1, 1, 1, 1, 1, 1, 1, 1}, within(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7})
    void shouldResizePatchFiltersByPseudoInverse(int size) throws IOException {
        Map<String, HostTensor> golden = NumpyArchive.read(GOLDEN);

        assertThat(Resampling.BICUBIC_ANTIALIAS
                        .patchFilter(golden.get("filter"), size)
                        .values())
                .containsExactly(golden.get("filter." + size).values(), within(2e-5f));
    }
}
