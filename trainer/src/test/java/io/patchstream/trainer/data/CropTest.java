package io.patchstream.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.data.Crop.Kind;
import io.patchstream.vision.Preprocessor;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CropTest {
    private static final RgbImage NOISE = noise(40, 60);

    /** Red is the row, green the column. */
    private static RgbImage places(int height, int width) {
        byte[] pixels = new byte[height * width * 3];
        for (int i = 0; i < height * width; i++) {
            pixels[3 * i] = (byte) (i / width);
            pixels[3 * i + 1] = (byte) (i % width);
        }
        return new RgbImage(height, width, pixels);
    }

    private static RgbImage noise(int height, int width) {
        byte[] pixels = new byte[height * width * 3];
        new Random(1).nextBytes(pixels);
        return new RgbImage(height, width, pixels);
    }

    private static byte[] served(Preprocessing preprocessing, RgbImage picture) {
        byte[] pixels = new byte[preprocessing.byteSize()];
        new Preprocessor(preprocessing).prepare(picture, ByteBuffer.wrap(pixels));
        return pixels;
    }

    private static byte[] of(Crop crop, RgbImage picture, long seed) {
        return new Cropper(crop).of(picture, new SplittableRandom(seed)).pixels();
    }

    @Test
    void shouldBeWhatTheModelWillSee() {
        Preprocessing serving = Preprocessing.centreCrop(24, 20, Interpolation.BICUBIC);

        assertThat(of(Crop.none(serving), NOISE, 1)).isEqualTo(served(serving, NOISE));
    }

    /** All places of a 20 x 20 window in the picture at 22 x 33: one of them is the centre crop that the model will see. */
    @Test
    void shouldTakeAnyPlaceOfThePictureAtALargerSize() {
        Preprocessing serving = Preprocessing.centreCrop(22, 20, Interpolation.BILINEAR);
        Crop crop = new Crop(Kind.RANDOM, serving, 22);
        Set<ByteBuffer> seen = new HashSet<>();
        for (int seed = 0; seed < 1000; seed++) {
            seen.add(ByteBuffer.wrap(of(crop, NOISE, seed)));
        }

        assertThat(seen).hasSize(3 * 14).contains(ByteBuffer.wrap(served(serving, NOISE)));
    }

    /** BiT's: both sides to 26, then 20 x 20. */
    @Test
    void shouldSquashBeforeItTakesAPlaceWhereTheModelSquashes() {
        Crop crop = new Crop(Kind.RANDOM, Preprocessing.squash(20, Interpolation.BILINEAR), 26);
        byte[] whole = served(Preprocessing.squash(26, Interpolation.BILINEAR), NOISE);
        Set<ByteBuffer> places = new HashSet<>();
        for (int top = 0; top <= 6; top++) {
            for (int left = 0; left <= 6; left++) {
                ByteBuffer place = ByteBuffer.allocate(20 * 20 * 3);
                for (int y = top; y < top + 20; y++) {
                    place.put(whole, (y * 26 + left) * 3, 20 * 3);
                }
                places.add(place.flip());
            }
        }
        Set<ByteBuffer> seen = new HashSet<>();
        for (int seed = 0; seed < 1000; seed++) {
            seen.add(ByteBuffer.wrap(of(crop, NOISE, seed)));
        }

        assertThat(seen).isEqualTo(places);
    }

    @ParameterizedTest
    @CsvSource({"100, 100", "60, 200", "200, 30", "3, 3"})
    void shouldTakePartsOfInceptionsAreaAndShape(int height, int width) {
        RgbImage picture = places(height, width);
        double least = 1;
        double most = 0;
        for (int seed = 0; seed < 5000; seed++) {
            RgbImage part = Crop.inception(picture, new SplittableRandom(seed));
            int top = part.pixels()[0] & 0xFF;
            int left = part.pixels()[1] & 0xFF;
            byte[] last = Arrays.copyOfRange(part.pixels(), part.pixels().length - 3, part.pixels().length);
            assertThat(last[0] & 0xFF).isEqualTo(top + part.height() - 1);
            assertThat(last[1] & 0xFF).isEqualTo(left + part.width() - 1);
            double share = part.height() * part.width() / ((double) height * width);
            // To the nearest pixel.
            assertThat((double) part.width()).isBetween(0.75 * part.height() - 0.5, 1.33 * part.height() + 0.5);
            assertThat(share).isBetween(0.05, 1.0);
            least = Math.min(least, share);
            most = Math.max(most, share);
        }
        assertThat(least).isLessThan(height == 3 ? 0.2 : 0.06);
        // A long picture has no part of its whole area at such a shape.
        double shape = Math.min(1, Math.min(1.33 * height / width, width / (0.75 * height)));
        assertThat(most).isCloseTo(shape, within(0.05));
    }

    /** TensorFlow draws heights, not areas: half of them lie in the lower half. */
    @Test
    void shouldDrawHeightsEvenly() {
        RgbImage picture = places(100, 100);
        int low = 0;
        for (int seed = 0; seed < 10_000; seed++) {
            // From 22 to 100 at an aspect ratio of 1.
            low += Crop.inception(picture, new SplittableRandom(seed)).height() < 60 ? 1 : 0;
        }

        assertThat(low / 10_000.0).isBetween(0.46, 0.56);
    }

    @Test
    void shouldBringThePartToTheModelsSizeAndDependOnTheGeneratorAlone() {
        Crop crop = new Crop(Kind.INCEPTION, Preprocessing.centreCrop(24, 20, Interpolation.BILINEAR), 0);

        assertThat(of(crop, NOISE, 5)).hasSize(20 * 20 * 3).isEqualTo(of(crop, NOISE, 5));
        assertThat(of(crop, NOISE, 5)).isNotEqualTo(of(crop, NOISE, 6));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldCropPicturesOfAllShapesInTurnAsItCropsEachAlone(Kind kind) {
        Crop crop = new Crop(kind, Preprocessing.centreCrop(22, 20, Interpolation.BILINEAR), 24);
        Cropper cropper = new Cropper(crop);
        RgbImage[] pictures = {noise(40, 60), noise(60, 40), noise(90, 40), noise(40, 60), noise(24, 24)};
        for (int i = 0; i < 20; i++) {
            RgbImage picture = pictures[i % pictures.length];
            assertThat(cropper.of(picture, new SplittableRandom(i)).pixels())
                    .as("picture " + i)
                    .isEqualTo(of(crop, picture, i));
        }
    }

    @Test
    void shouldTakeAWholePictureThatHasNoSuchPart() {
        RgbImage line = places(1, 90);

        assertThat(Crop.inception(line, new SplittableRandom(1))).isSameAs(line);
    }

    @Test
    void shouldRefuseACropThatIsLargerThanThePicture() {
        assertThatThrownBy(() -> new Crop(Kind.RANDOM, Preprocessing.squash(20, Interpolation.BILINEAR), 19))
                .hasMessageContaining("20 x 20", "19");
    }
}
