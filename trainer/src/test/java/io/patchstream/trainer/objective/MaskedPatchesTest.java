package io.patchstream.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.checkpoint.Checkpoint;
import io.patchstream.trainer.checkpoint.CheckpointImport;
import io.patchstream.trainer.checkpoint.ImportSettings;
import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.model.Initialisation;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelVariants;
import io.patchstream.trainer.model.PatchPrediction;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.tensor.Safetensors;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The golden file is of {@code src/test/oracle/make_masked_patches.py}: timm's encoder, NumPy's colours. */
class MaskedPatchesTest {
    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final int SIDE = 16;
    private static final int GRID = 4;
    private static final int PATCHES = 16;

    private static Map<String, HostTensor> golden;

    @BeforeAll
    static void read() throws IOException {
        LibTorch.setUp(1);
        golden = Safetensors.read(RESOURCES.resolve("objective/masked-patches.safetensors"));
    }

    @Test
    void shouldAskForTheColoursThatNumPyFinds() {
        assertThat(PatchColours.of(goldenPixels(), 2, SIDE, 4)).isEqualTo(longs("colours"));
    }

    @Test
    void shouldReachEveryCornerOfTheColours() {
        byte[] black = new byte[SIDE * SIDE * 3];
        byte[] white = new byte[SIDE * SIDE * 3];
        Arrays.fill(white, (byte) 255);
        assertThat(PatchColours.of(black, 1, SIDE, 4)).containsOnly(0);
        assertThat(PatchColours.of(white, 1, SIDE, 4)).containsOnly(PatchColours.COUNT - 1);
    }

    @ParameterizedTest
    @EnumSource(MaskedTarget.class)
    void shouldLoseAsTimmDoesWithTheSameCorruption(MaskedTarget target) throws IOException {
        String name = target.name().toLowerCase(Locale.ROOT) + ".";
        TrainedModel plain = CheckpointImport.of(
                        Checkpoint.read(RESOURCES.resolve("foreign/plain-timm")), ImportSettings.asFound())
                .model();
        Map<String, HostTensor> parameters = new LinkedHashMap<>(plain.parameters());
        parameters.put("mask_token", golden.get("mask"));
        parameters.put("patch_head.weight", golden.get(name + "weight"));
        parameters.put("patch_head.bias", golden.get(name + "bias"));
        PatchCorruption corruption = new PatchCorruption(longs("source"), longs("corrupted"));
        try (VisionTransformer model = new VisionTransformer(plain.config(), needs(target, SIDE / GRID), parameters);
                PointerScope scope = new PointerScope()) {
            Objective.Result result = new MaskedPatches(model, Precision.FP32, target).of(goldenBatch(), corruption);
            assertThat(result.loss().item_double())
                    .isCloseTo(golden.get(name + "loss").values()[0], within(1e-5));
            assertThat(result.right()).isCloseTo(golden.get(name + "right").values()[0], within(1e-7));
        }
    }

    private static Optional<PatchPrediction> needs(MaskedTarget target, int patch) {
        return Optional.of(new PatchPrediction(target.outputs(patch)));
    }

    @Test
    void shouldNeedPatchesThatDivideIntoCells() {
        assertThat(MaskedTarget.COLOURS_4X4.outputs(16)).isEqualTo(16 * 512);
        assertThat(MaskedTarget.PIXELS.outputs(16)).isEqualTo(768);
        assertThatThrownBy(() -> MaskedTarget.COLOURS_4X4.outputs(14))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a multiple of 4 pixels, not of 14");
    }

    /** 40,000 corrupted patches: within five standard deviations of 80, 10 and 10 %. */
    @Test
    void shouldCorruptAsThePaperDoes() {
        int batch = 5_000;
        PatchCorruption drawn = PatchCorruption.draw(new SplittableRandom(4), batch, PATCHES);
        long[] source = drawn.source();
        long[] corrupted = drawn.corrupted();
        int masked = 0;
        int replaced = 0;
        int[] counts = new int[batch];
        boolean[] touched = new boolean[source.length];
        for (long each : corrupted) {
            int at = (int) each;
            assertThat(touched[at]).isFalse();
            touched[at] = true;
            counts[at / PATCHES]++;
            if (source[at] == source.length) {
                masked++;
            } else if (source[at] != at) {
                replaced++;
                assertThat(source[at] / PATCHES).isEqualTo(at / PATCHES);
            }
        }
        assertThat(counts).containsOnly(PATCHES / 2);
        for (int i = 0; i < source.length; i++) {
            assertThat(touched[i] || source[i] == i).isTrue();
        }
        double all = corrupted.length;
        assertThat(masked / all).isCloseTo(0.8, within(5 * Math.sqrt(0.16 / all)));
        assertThat(replaced / all).isCloseTo(0.1, within(5 * Math.sqrt(0.09 / all)));
    }

    @Test
    void shouldCorruptTheSameFromTheSameSeed() {
        PatchCorruption one = PatchCorruption.draw(new SplittableRandom(9), 3, PATCHES);
        PatchCorruption same = PatchCorruption.draw(new SplittableRandom(9), 3, PATCHES);
        PatchCorruption other = PatchCorruption.draw(new SplittableRandom(10), 3, PATCHES);
        assertThat(one.source()).isEqualTo(same.source()).isNotEqualTo(other.source());
    }

    @Test
    void shouldBeginWithoutAnOpinionAndFollowTheGenerator() throws IOException {
        ModelConfig config = ModelVariants.named("ViT-Ti/16", 32, 5);
        try (VisionTransformer model = new VisionTransformer(
                        config,
                        needs(MaskedTarget.MEAN_COLOUR, 16),
                        Initialisation.of(config, needs(MaskedTarget.MEAN_COLOUR, 16), 1));
                PointerScope scope = new PointerScope()) {
            MaskedPatches objective = new MaskedPatches(model, Precision.FP32, MaskedTarget.MEAN_COLOUR);
            Batch batch = Batch.prepared(new Noise(32), Preprocessing.squash(32, Interpolation.BILINEAR), 0, 1, 2);
            torch.manual_seed(5);
            double first = objective.of(batch).loss().item_double();
            assertThat(first).isCloseTo(Math.log(512), within(1e-4)); // the head begins at zero
        }
    }

    @Test
    void shouldNeedTokensThatArePatches() {
        ModelConfig config = ModelVariants.named("CCT-2/3x2", 30, 5);
        try (VisionTransformer model = new VisionTransformer(
                config,
                needs(MaskedTarget.MEAN_COLOUR, 16),
                Initialisation.of(config, needs(MaskedTarget.MEAN_COLOUR, 16), 1))) {
            assertThatThrownBy(() -> new MaskedPatches(model, Precision.FP32, MaskedTarget.MEAN_COLOUR))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("needs tokens that are patches");
        }
    }

    private static long[] longs(String name) {
        float[] values = golden.get(name).values();
        long[] longs = new long[values.length];
        Arrays.setAll(longs, i -> (long) values[i]);
        return longs;
    }

    private static byte[] goldenPixels() {
        float[] values = golden.get("pixels").values();
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (int) values[i];
        }
        return pixels;
    }

    private static Batch goldenBatch() throws IOException {
        byte[] pixels = goldenPixels();
        Dataset dataset = new Pictures() {
            @Override
            public RgbImage image(int index, long variation) {
                int bytes = SIDE * SIDE * 3;
                return new RgbImage(SIDE, SIDE, Arrays.copyOfRange(pixels, index * bytes, (index + 1) * bytes));
            }
        };
        return Batch.prepared(dataset, Preprocessing.squash(SIDE, Interpolation.BILINEAR), 0, 1);
    }

    /** Unlabelled pictures. */
    private abstract static class Pictures implements Dataset {
        @Override
        public int size() {
            return 3;
        }

        @Override
        public int label(int index) {
            return 0;
        }

        @Override
        public List<String> labels() {
            return List.of("frame");
        }

        @Override
        public String manifestSha256() {
            return "0".repeat(64);
        }
    }

    private static final class Noise extends Pictures {
        private final int side;

        private Noise(int side) {
            this.side = side;
        }

        @Override
        public RgbImage image(int index, long variation) {
            byte[] pixels = new byte[side * side * 3];
            new SplittableRandom(index).nextBytes(pixels);
            return new RgbImage(side, side, pixels);
        }
    }
}
