package io.patchstream.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.model.ParameterLayout.Entry;
import io.patchstream.trainer.torch.LibTorch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterLayoutTest {
    private static final int CLASSES = 1000;

    /** Published counts in millions, for 224 x 224 pixels and 1000 classes. */
    @ParameterizedTest
    @CsvSource({
        "ViT-Ti/16, 5.72",
        "ViT-S/32, 22.88",
        "ViT-S/16, 22.05",
        "ViT-B/32, 88.22",
        "ViT-B/16, 86.57",
        "ViT-L/32, 306.54",
        "ViT-L/16, 304.33",
        "ViT-H/14, 632.05"
    })
    void shouldHaveThePapersNumberOfParameters(String name, double millions) {
        long count = ParameterLayout.of(ModelVariants.named(name, 224, CLASSES)).count();

        assertThat(Math.round(count / 1e4) / 100.0).isEqualTo(millions);
    }

    /** 3P²D + D + D + TD + L(4D² + 4D + 2DM + D + M + 4D) + 2D + DK + K, from the paper's equations. */
    @ParameterizedTest
    @CsvSource({"ViT-Ti/16, 16", "ViT-S/32, 32", "ViT-B/16, 16", "ViT-L/16, 16", "ViT-H/14, 14"})
    void shouldFollowTheFormula(String name, long p) {
        ModelConfig config = ModelVariants.named(name, 224, CLASSES);
        long d = config.hiddenSize();
        long m = config.mlpSize();
        long t = (224 / p) * (224 / p) + 1;
        long block = 4 * d * d + 4 * d + 2 * d * m + d + m + 4 * d;
        long expected = 3 * p * p * d + d + d + t * d + config.layers() * block + 2 * d + d * CLASSES + CLASSES;

        assertThat(ParameterLayout.of(config).count()).isEqualTo(expected);
    }

    /** Hassani et al. 2021, table 1: 0.28 and 0.48 million (theirs have no bias on q, k and v, and sine positions). */
    @ParameterizedTest
    @CsvSource({"CCT-2/3x2, 0.28", "CCT-4/3x2, 0.48"})
    void shouldHaveTheCompactTransformersSize(String name, double millions) {
        long count = ParameterLayout.of(ModelVariants.named(name, 32, 10)).count();

        assertThat(count / 1e6).isBetween(millions, millions + 0.01);
    }

    @Test
    void shouldTakeMemoryForExactlyTheseParameters() {
        LibTorch.setUp(1);
        ModelConfig config = ModelVariants.named("ViT-Ti/16", 224, CLASSES);

        try (VisionTransformer model = new VisionTransformer(config, Initialisation.of(config, 1))) {
            assertThat(model.weights().flat().numel()).isEqualTo(5_717_416);
            assertThat(model.parameters().values().stream()
                            .mapToLong(tensor -> tensor.values().length)
                            .sum())
                    .isEqualTo(5_717_416);
        }
    }

    @Test
    void shouldDecayKernelsOnly() {
        ModelConfig config = ModelVariants.named("ViT-Ti/16", 32, 10);

        List<String> kept = ParameterLayout.of(config).entries().stream()
                .filter(entry -> !entry.role().decays())
                .map(Entry::name)
                .toList();

        assertThat(kept)
                .allMatch(name -> name.endsWith(".bias")
                        || name.contains("norm")
                        || name.equals("cls_token")
                        || name.equals("pos_embed"));
        assertThat(ParameterLayout.of(config).entries())
                .filteredOn(entry -> entry.role().decays())
                .extracting(Entry::name)
                .contains("patch_embed.proj.weight", "head.weight", "blocks.11.mlp.fc2.weight")
                .hasSize(1 + 12 * 4 + 1);
    }

    @Test
    void shouldSayWhichVariantsThereAre() {
        assertThatThrownBy(() -> ModelVariants.named("ViT-XL/16", 224, 10)).hasMessageContaining("ViT-B/16");
    }
}
