package io.patchstream.trainer.optimise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelVariants;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.model.Weights;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.tensor.Safetensors;
import io.patchstream.trainer.torch.LibTorch;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Muon beside PyTorch's Muon and AdamW in float64; the golden file is from {@code oracle/make_muon.py}. */
class MuonTest {
    private static final Path AFTER = Path.of("src/test/resources/optimise/muon.safetensors");
    private static final int STEPS = 3;
    private static final double RATE = 0.02;
    private static final double DECAY = 0.1;

    private final ModelConfig config = small();

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    @Test
    void shouldStepAsPyTorchsMuonAndItsAdamWForTheRest() throws Exception {
        Map<String, HostTensor> after;
        try (PointerScope scope = new PointerScope();
                Rates rates = Rates.equal();
                Weights weights = new Weights(config, noise(0));
                Muon muon = new Muon(weights, 0.95, 0.999, DECAY, rates)) {
            for (int step = 0; step < STEPS; step++) {
                weights.load(noise(step + 1), weights.gradient());
                muon.step(step, RATE);
            }
            after = weights.toHost();
        }

        Map<String, HostTensor> expected = Safetensors.read(AFTER);
        assertThat(after.keySet()).isEqualTo(expected.keySet());
        after.forEach((name, tensor) -> {
            float[] theirs = expected.get(name).values();
            for (int i = 0; i < theirs.length; i++) {
                assertThat(tensor.values()[i]).as("%s at %d", name, i).isCloseTo(theirs[i], within(2e-6f));
            }
        });
    }

    @Test
    void shouldBringAllSingularValuesNearOne() {
        try (PointerScope scope = new PointerScope()) {
            Tensor steep = org.bytedeco.pytorch.global.torch.zeros(40, 16);
            for (int i = 0; i < 16; i++) {
                // From 1 down to 0.04.
                steep.data_ptr_float().put(i * 16L + i, (float) Math.pow(0.8, i));
            }

            Tensor orthogonal = Muon.orthogonal(steep);

            for (int i = 0; i < 16; i++) {
                assertThat(orthogonal.data_ptr_float().get(i * orthogonal.stride(0) + i * orthogonal.stride(1)))
                        .as("direction %d", i)
                        .isBetween(0.65f, 1.25f);
            }
        }
    }

    @Test
    void shouldLeaveWhatIsFrozenAndAMatrixWithoutGradient() {
        try (PointerScope scope = new PointerScope();
                Weights weights = new Weights(config, noise(0));
                Rates rates = Rates.of(weights, name -> name.startsWith("blocks.") ? 0 : 1);
                Muon muon = new Muon(weights, 0.95, 0.999, 0, rates)) {
            Map<String, HostTensor> gradient = noise(1);
            gradient.replace("tokenizer.convs.1.weight", new HostTensor(new long[] {16, 8, 3, 3}, new float[16 * 72]));
            weights.load(gradient, weights.gradient());

            muon.step(0, RATE);

            Map<String, HostTensor> after = weights.toHost();
            noise(0).forEach((name, before) -> {
                if (name.startsWith("blocks.") || name.equals("tokenizer.convs.1.weight")) {
                    assertThat(after.get(name).values()).as(name).containsExactly(before.values());
                } else {
                    assertThat(after.get(name).values()).as(name).isNotEqualTo(before.values());
                }
            });
        }
    }

    /** A compact transformer whose weights fit into a golden file: 8 x 8 pixels, two convolutions, one block of 16. */
    private static ModelConfig small() {
        ModelConfig named = ModelVariants.named("CCT-2/3x2", 8, 3);
        return new ModelConfig(
                "small",
                named.imageSize(),
                named.tokenizer().withChannels(8),
                16,
                1,
                2,
                40,
                named.classes(),
                named.pooling(),
                named.gelu(),
                named.layerNormEpsilon(),
                0,
                0,
                named.normalisation(),
                named.registers(),
                named.options());
    }

    /** As {@code noise} in the oracle's script. */
    private Map<String, HostTensor> noise(int salt) {
        Map<String, HostTensor> values = new HashMap<>();
        for (ParameterLayout.Entry entry : ParameterLayout.of(config).entries()) {
            float[] noise = new float[(int) entry.count()];
            for (int i = 0; i < noise.length; i++) {
                int x = i + (entry.name().length() * 7919 + salt) * 104729;
                x = (x ^ (x >>> 16)) * 0x45D9F3B;
                x = (x ^ (x >>> 16)) * 0x45D9F3B;
                x ^= x >>> 16;
                noise[i] = (float) (Integer.toUnsignedLong(x) / 4294967296.0 - 0.5);
            }
            values.put(entry.name(), new HostTensor(entry.shape(), noise));
        }
        return values;
    }
}
