package io.patchstream.trainer.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.vision.RgbImage;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AugmentationTest {
    private static final RgbImage NOISE = noise(12, 9);

    static Stream<Augmentation> all() {
        return Stream.of(
                new RandomCrop(3),
                new HorizontalFlip(),
                new RandomErasing(0.7),
                new RandomPose(15, 0.2, 2),
                new RandAugment(3, 20));
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldDependOnTheGeneratorAloneAndLeaveItsInput(Augmentation augmentation) {
        byte[] before = NOISE.pixels().clone();
        boolean differs = false;
        for (int seed = 0; seed < 200; seed++) {
            RgbImage first = augmentation.apply(NOISE, new SplittableRandom(seed));
            RgbImage again = augmentation.apply(NOISE, new SplittableRandom(seed));

            assertThat(again.pixels()).isEqualTo(first.pixels());
            assertThat(first.height()).isEqualTo(12);
            assertThat(first.width()).isEqualTo(9);
            differs |= !java.util.Arrays.equals(first.pixels(), before);
        }
        assertThat(differs).isTrue();
        assertThat(NOISE.pixels()).isEqualTo(before);
    }

    @Test
    void shouldMirror() {
        RgbImage image = new RgbImage(1, 2, new byte[] {1, 2, 3, 4, 5, 6});

        byte[] flipped = Stream.iterate(0, seed -> seed + 1)
                .map(seed -> new HorizontalFlip().apply(image, new SplittableRandom(seed)))
                .filter(result -> result != image)
                .findFirst()
                .orElseThrow()
                .pixels();

        assertThat(flipped).containsExactly(4, 5, 6, 1, 2, 3);
    }

    @Test
    void shouldShiftByUpToThePadding() {
        byte[] dot = new byte[9 * 9 * 3];
        dot[(4 * 9 + 4) * 3] = 100;
        boolean[][] seen = new boolean[9][9];
        for (int seed = 0; seed < 500; seed++) {
            byte[] shifted = new RandomCrop(2)
                    .apply(new RgbImage(9, 9, dot), new SplittableRandom(seed))
                    .pixels();
            for (int i = 0; i < 81; i++) {
                seen[i / 9][i % 9] |= shifted[i * 3] == 100;
            }
        }

        for (int y = 0; y < 9; y++) {
            for (int x = 0; x < 9; x++) {
                assertThat(seen[y][x]).isEqualTo(Math.abs(y - 4) <= 2 && Math.abs(x - 4) <= 2);
            }
        }
    }

    @Test
    void shouldRepeatTheBorder() {
        byte[] light = new byte[6 * 6 * 3];
        java.util.Arrays.fill(light, (byte) 200);
        RgbImage image = new RgbImage(6, 6, light);

        assertThat(new RandomCrop(3).apply(image, new SplittableRandom(1)).pixels())
                .containsOnly(200);
        assertThat(new RandomPose(20, 0.2, 3)
                        .apply(image, new SplittableRandom(1))
                        .pixels())
                .containsOnly(200);
    }

    @Test
    void shouldTurnAPictureByARightAngle() {
        RgbImage image = new RgbImage(2, 2, new byte[] {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4});

        byte[] turned = Affine.rotation(Math.PI / 2).apply(image).pixels();

        assertThat(List.of(turned[0], turned[3], turned[6], turned[9]))
                .containsExactly((byte) 2, (byte) 4, (byte) 1, (byte) 3);
    }

    @Test
    void shouldChangeColours() {
        RgbImage image = new RgbImage(1, 2, new byte[] {100, 50, 0, (byte) 200, (byte) 250, 10});

        assertThat(unsigned(Colour.brightness(image, 1.5))).containsExactly(150, 75, 0, 255, 255, 15);
        assertThat(unsigned(Colour.posterise(image, 4))).containsExactly(96, 48, 0, 192, 240, 0);
        assertThat(unsigned(Colour.solarise(image, 128))).containsExactly(100, 50, 0, 55, 5, 10);
        assertThat(unsigned(Colour.stretch(image))).containsExactly(102, 51, 0, 204, 255, 10);
        assertThat(unsigned(Colour.contrast(image, 1))).containsExactly(unsigned(image));
        assertThat(unsigned(Colour.saturation(image, 0))).containsExactly(59, 59, 59, 207, 207, 207);
    }

    @Test
    void shouldBlendPicturesAndTargetsAlike() {
        byte[] pixels = {100, (byte) 200};
        float[] targets = {1, 0, 0, 1};

        Mixup.blend(pixels, targets, 2, 0.75);

        assertThat(pixels).containsExactly(125, (byte) 175);
        assertThat(targets).containsExactly(0.75f, 0.25f, 0.25f, 0.75f);
    }

    @Test
    void shouldDrawSharesFromBeta() {
        SplittableRandom random = new SplittableRandom(4);
        double sum = 0;
        int near = 0;
        for (int i = 0; i < 20_000; i++) {
            double share = new Mixup(1).share(random);
            assertThat(share).isBetween(0.5, 1.0);
            sum += share;
            near += new Mixup(0.1).share(random) > 0.99 ? 1 : 0;
        }

        // Beta(1, 1) is uniform: the larger share's mean is 3/4; Beta(0.1, 0.1) is nearly always at an end
        assertThat(sum / 20_000).isCloseTo(0.75, within(0.01));
        assertThat(near / 20_000.0).isGreaterThan(0.6);
    }

    @Test
    void shouldRefuseStrengthsOutOfRange() {
        assertThatThrownBy(() -> new RandAugment(2, 31)).hasMessageContaining("0 to 30");
        assertThatThrownBy(() -> new Mixup(0)).hasMessageContaining("more than 0");
        assertThatThrownBy(() -> new RandomErasing(2)).hasMessageContaining("0 to 1");
        assertThatThrownBy(() -> new RandomCrop(0)).hasMessageContaining("1 or more");
        assertThatThrownBy(() -> new RandomPose(1, 1, 0)).hasMessageContaining("less than 1");
    }

    private static int[] unsigned(RgbImage image) {
        int[] values = new int[image.pixels().length];
        java.util.Arrays.setAll(values, i -> image.pixels()[i] & 0xFF);
        return values;
    }

    private static RgbImage noise(int height, int width) {
        byte[] pixels = new byte[height * width * 3];
        new Random(1).nextBytes(pixels);
        return new RgbImage(height, width, pixels);
    }
}
