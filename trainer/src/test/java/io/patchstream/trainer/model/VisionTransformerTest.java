package io.patchstream.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.torch.Autocast;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.trainer.torch.Precision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the model does besides the arithmetic, which {@code LibTorchParityTest} checks. */
class VisionTransformerTest {
    private static final int BATCH = 4;
    private static final int SIDE = 16;

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    @Test
    void shouldBeginWithoutAnOpinion() {
        ModelConfig config = config(new Patches(4), Pooling.CLASS_TOKEN, 0);

        try (VisionTransformer model = new VisionTransformer(config, Initialisation.of(config, 1))) {
            assertThat(embeddingOrLogits(model, true, Precision.FP32)).containsOnly(0);
        }
    }

    @Test
    void shouldReadBackTheParametersThatItWasGiven() {
        ModelConfig config = config(new Convolutions(2, 3, 8), Pooling.SEQUENCE, 0);
        Map<String, HostTensor> given = Initialisation.of(config, 2);

        try (VisionTransformer model = new VisionTransformer(config, Initialisation.of(config, 1))) {
            model.load(given);

            assertThat(model.parameters().keySet()).isEqualTo(given.keySet());
            given.forEach((name, tensor) ->
                    assertThat(model.parameters().get(name).values()).isEqualTo(tensor.values()));
        }
    }

    @Test
    void shouldNameTheParameterThatDoesNotFit() {
        ModelConfig config = config(new Patches(4), Pooling.CLASS_TOKEN, 0);
        Map<String, HostTensor> missing = new LinkedHashMap<>(Initialisation.of(config, 1));
        missing.remove("norm.bias");
        Map<String, HostTensor> foreign = new LinkedHashMap<>(Initialisation.of(config, 1));
        foreign.put("pre_logits.weight", HostTensor.of(new float[1], 1));

        assertThatThrownBy(() -> new VisionTransformer(config, missing)).hasMessageContaining("norm.bias is missing");
        assertThatThrownBy(() -> new VisionTransformer(config, foreign)).hasMessageContaining("pre_logits.weight");
    }

    @Test
    void shouldComputeNearlyTheSameInBfloat16() {
        ModelConfig config = config(new Patches(4), Pooling.CLASS_TOKEN, 0);

        try (VisionTransformer model = new VisionTransformer(config, Initialisation.of(config, 1))) {
            float[] exact = embeddingOrLogits(model, false, Precision.FP32);
            float[] rounded = embeddingOrLogits(model, false, Precision.BF16);

            assertThat(rounded).isNotEqualTo(exact);
            for (int i = 0; i < exact.length; i++) {
                assertThat(rounded[i]).isCloseTo(exact[i], within(0.1f));
            }
        }
    }

    @Test
    void shouldDropOnlyWhenTraining() {
        ModelConfig config = config(new Patches(4), Pooling.MEAN, 0.5);

        try (VisionTransformer model = new VisionTransformer(config, Initialisation.of(config, 1));
                PointerScope scope = new PointerScope()) {
            torch.manual_seed(1);
            float[] first = host(model.embedding(pixels(), true));
            float[] second = host(model.embedding(pixels(), true));
            float[] quiet = host(model.embedding(pixels(), false));

            assertThat(first).isNotEqualTo(second);
            assertThat(host(model.embedding(pixels(), false))).isEqualTo(quiet);
        }
    }

    private static ModelConfig config(ModelConfig.Tokenizer tokenizer, Pooling pooling, double drop) {
        return new ModelConfig(
                "tiny", SIDE, tokenizer, 16, 2, 2, 32, 3, pooling, Gelu.ERF, 1e-6, drop, drop, Normalisation.HALF, 0);
    }

    private static float[] embeddingOrLogits(VisionTransformer model, boolean logits, Precision precision) {
        try (PointerScope scope = new PointerScope();
                Autocast cast = Autocast.of(precision)) {
            return host(logits ? model.logits(pixels(), false) : model.embedding(pixels(), false));
        }
    }

    private static Tensor pixels() {
        byte[] bytes = new byte[BATCH * SIDE * SIDE * 3];
        new Random(1).nextBytes(bytes);
        return Pixels.of(bytes, BATCH, SIDE, SIDE);
    }

    private static float[] host(Tensor tensor) {
        Tensor floats = tensor.to(torch.ScalarType.Float).contiguous();
        float[] values = new float[(int) floats.numel()];
        floats.data_ptr_float().get(values);
        return values;
    }
}
