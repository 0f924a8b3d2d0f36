package io.patchstream.trainer.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class HalfFloatTest {
    @Test
    void shouldGiveEveryHalfBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = HalfFloat.toFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(HalfFloat.of(value)).isEqualTo((short) bits);
            }
        }
        assertThat(HalfFloat.toFloat(HalfFloat.of(Float.NaN))).isNaN();
    }

    /** libtorch converts by the processor's own instruction. */
    @Test
    void shouldRoundAsLibTorchDoes() {
        float[] values = new float[200_000];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(44) - 27));
        }
        for (int i = 0; i < 40_000; i++) { // halfway between two halves, where ties go to even
            short bits = (short) random.nextInt(0x7bff);
            values[i] = (HalfFloat.toFloat(bits) + HalfFloat.toFloat((short) (bits + 1))) / 2;
        }
        float[] expected = new float[values.length];
        try (PointerScope scope = new PointerScope()) {
            Tensor tensor = torch.from_blob(
                    new FloatPointer(values), new long[] {values.length}, new TensorOptions(torch.ScalarType.Float));
            tensor.to(torch.ScalarType.Half)
                    .to(torch.ScalarType.Float)
                    .data_ptr_float()
                    .get(expected);
        }
        for (int i = 0; i < values.length; i++) {
            assertThat(HalfFloat.toFloat(HalfFloat.of(values[i])))
                    .as("%s", values[i])
                    .isEqualTo(expected[i]);
        }
    }
}
