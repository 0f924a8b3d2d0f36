package io.patchstream.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.model.ModelConfig.Pooling;
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

    /** Giga multiply-adds of 224 x 224 pixels, as published. */
    @ParameterizedTest
    @CsvSource({
        "ViT-Ti/16, 1.25",
        "ViT-S/32, 1.14",
        "ViT-S/16, 4.60",
        "ViT-B/32, 4.41",
        "ViT-B/16, 17.56",
        "ViT-L/32, 15.4",
        "ViT-L/16, 61.6",
        "ViT-H/14, 167.3"
    })
    void shouldTakeThePublishedNumberOfMultiplications(String name, double giga) {
        long count = MultiplyAdds.of(ModelVariants.named(name, 224, CLASSES));

        assertThat(count / 1e9).isCloseTo(giga, org.assertj.core.data.Percentage.withPercentage(0.6));
    }

    /**
     * Convolutions: torchvision's ResNets, which BiT's equal but for what is no product of matrices; that trunk and ViT-L/32 less
     * its embedding and with one (4.087 + 0.103 + 15.23).
     */
    @ParameterizedTest
    @CsvSource({"BiT-R50x1, 4.089", "BiT-R101x1, 7.801", "BiT-R152x1, 11.514", "R50+ViT-L/32, 19.42"})
    void shouldCountConvolutionsAsPublished(String name, double giga) {
        long count = MultiplyAdds.of(ModelVariants.named(name, 224, CLASSES));

        assertThat(count / 1e9).isCloseTo(giga, org.assertj.core.data.Percentage.withPercentage(0.1));
    }

    @Test
    void shouldCountACompactTransformerAsByHand() {
        long convolutions = 32 * 32 * 3 * 64 * 9 + 16 * 16 * 64 * 128 * 9;
        long dense = 64 * (4 * 128 * 128 + 2 * 128 * 128);
        long attention = 2 * 64 * 64 * 128;
        long poolingAndHead = 2 * 64 * 128 + 128 * 10;

        assertThat(MultiplyAdds.of(ModelVariants.named("CCT-2/3x2", 32, 10)))
                .isEqualTo(convolutions + 2 * (dense + attention) + poolingAndHead)
                .isEqualTo(35_341_568);
    }

    /** timm's counts in millions: resnetv2_50x1_bit and its like with 1000 classes, and hybrids of 224 and 384 pixels. */
    @ParameterizedTest
    @CsvSource({
        "BiT-R50x1, 224, 25.55",
        "BiT-R50x3, 224, 217.32",
        "BiT-R101x1, 224, 44.54",
        "BiT-R101x3, 224, 387.93",
        "BiT-R152x2, 224, 236.34",
        "BiT-R152x4, 224, 936.53",
        "R+ViT-Ti/16, 224, 6.34",
        "R26+ViT-S/32, 224, 36.43",
        "R50+ViT-L/32, 224, 328.99",
        "R50+ViT-B/16, 384, 98.95"
    })
    void shouldHaveTheConvolutionalModelsNumberOfParameters(String name, int imageSize, double millions) {
        long count = ParameterLayout.of(ModelVariants.named(name, imageSize, CLASSES))
                .count();

        assertThat(count / 1e6).isCloseTo(millions, org.assertj.core.data.Offset.offset(0.011));
    }

    @Test
    void shouldReadOptionsAfterTheName() {
        ModelConfig config = ModelVariants.named("ViT-S/16 pooling=MAP mlp=GATED positions=SIN_COS", 224, 10);

        assertThat(config.pooling()).isEqualTo(Pooling.MAP);
        assertThat(config.options().mlp()).isEqualTo(ModelOptions.Mlp.GATED);
        assertThat(config.options().positions()).isEqualTo(ModelOptions.Positions.SIN_COS);
        assertThatThrownBy(() -> ModelVariants.named("ViT-S/16 glue=1", 224, 10))
                .hasMessageContaining("glue");
    }

    @Test
    void shouldGiveExtendedHybridsFourTimesTheTokens() {
        assertThat(ModelVariants.named("R50+ViT-B/32", 224, 10).tokens()).isEqualTo(49);
        assertThat(ModelVariants.named("R50+ViT-B/16", 224, 10).tokens()).isEqualTo(196);
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
