package io.patchstream.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.tensor.HostTensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InitialisationTest {
    private static final ModelConfig CONFIG = ModelVariants.named("ViT-Ti/16", 64, 10);
    private final Map<String, HostTensor> parameters = Initialisation.of(CONFIG, 5);

    @Test
    void shouldBeginAsThePapersCode() {
        assertThat(parameters.get("cls_token").values()).containsOnly(0);
        assertThat(parameters.get("head.weight").values()).containsOnly(0);
        assertThat(parameters.get("blocks.3.norm1.weight").values()).containsOnly(1);
        assertThat(deviation("pos_embed")).isCloseTo(0.02, within(0.001));
        assertThat(deviation("blocks.0.mlp.fc1.bias")).isCloseTo(1e-6, within(1e-7));
        // LeCun-normal over 16 x 16 x 3 inputs
        assertThat(deviation("patch_embed.proj.weight")).isCloseTo(Math.sqrt(1.0 / 768), within(0.0005));
        // Xavier-uniform: sqrt(2 / (in + out))
        assertThat(deviation("blocks.11.mlp.fc2.weight")).isCloseTo(Math.sqrt(2.0 / 960), within(0.001));
    }

    @Test
    void shouldGiveEqualBitsForEqualSeedsOnly() {
        assertThat(Initialisation.of(CONFIG, 5).get("pos_embed").values())
                .isEqualTo(parameters.get("pos_embed").values());
        assertThat(Initialisation.of(CONFIG, 6).get("pos_embed").values())
                .isNotEqualTo(parameters.get("pos_embed").values());
    }

    private double deviation(String name) {
        double sum = 0;
        for (float value : parameters.get(name).values()) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum / parameters.get(name).values().length);
    }
}
