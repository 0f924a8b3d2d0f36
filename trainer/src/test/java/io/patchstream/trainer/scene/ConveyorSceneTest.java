package io.patchstream.trainer.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.RgbImage;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

final class ConveyorSceneTest {
    private static final byte[] NOTHING = new byte[28 * 28];

    private final ConveyorScene small = new ConveyorScene(64, 48);

    @Test
    void shouldGiveTheSameBytesForTheSameSeed() {
        CRC32 sum = new CRC32();

        for (int seed = 0; seed < 50; seed++) {
            sum.update(small.render(square(), seed).pixels());
        }

        // Changes only with the scene itself: then the demo's model must be trained anew, and its clips made anew.
        assertThat(sum.getValue()).isEqualTo(3564840630L);
    }

    @Test
    void shouldDrawAnotherSceneForAnotherSeed() {
        assertThat(small.render(square(), 1).pixels())
                .isNotEqualTo(small.render(square(), 2).pixels());
    }

    @Test
    void shouldKeepTheItemInTheCentralSquare() {
        for (int seed = 0; seed < 300; seed++) {
            RgbImage with = small.render(square(), seed);
            RgbImage without = small.render(NOTHING, seed);

            int inside = 0;
            int outside = 0;
            for (int i = 0; i < with.pixels().length; i++) {
                int x = i / 3 % 64;
                if (with.pixels()[i] != without.pixels()[i]) {
                    // A sliver of a turned item, its shadow and its blur may reach three pixels further.
                    if (x >= 8 - 3 && x < 56 + 3) {
                        inside++;
                    } else {
                        outside++;
                    }
                }
            }
            assertThat(inside).as("seed %d", seed).isGreaterThan(600);
            assertThat(outside).as("seed %d", seed).isZero();
        }
    }

    @Test
    void shouldLookTheSameWhenDrawnSmall() {
        ConveyorScene large = new ConveyorScene(320, 240);
        for (int seed = 0; seed < 40; seed++) {
            byte[] expected = shrinkByFive(large.render(square(), seed));
            byte[] actual = small.render(square(), seed).pixels();

            long difference = 0;
            for (int i = 0; i < actual.length; i++) {
                difference += Math.abs((actual[i] & 0xFF) - (expected[i] & 0xFF));
            }
            // The sensor's noise does not shrink with the picture: up to 7 levels of it remain in the small one.
            assertThat((double) difference / actual.length).as("seed %d", seed).isLessThan(8);
        }
    }

    @Test
    void shouldRefuseAnItemOfAnotherSize() {
        assertThatThrownBy(() -> small.render(new byte[10], 0)).hasMessageContaining("10 pixels");
    }

    @Test
    void shouldRefuseAFrameThatIsNarrowerThanHigh() {
        assertThatThrownBy(() -> new ConveyorScene(40, 48)).hasMessageContaining("40 x 48");
    }

    private static byte[] square() {
        byte[] item = new byte[28 * 28];
        for (int i = 0; i < item.length; i++) {
            int x = i % 28;
            int y = i / 28;
            item[i] = (byte) (x >= 3 && x < 25 && y >= 3 && y < 25 ? 120 + 4 * x : 0);
        }
        return item;
    }

    private static byte[] shrinkByFive(RgbImage image) {
        byte[] small = new byte[64 * 48 * 3];
        for (int i = 0; i < small.length; i++) {
            int sum = 0;
            for (int k = 0; k < 25; k++) {
                int x = i / 3 % 64 * 5 + k % 5;
                int y = i / 3 / 64 * 5 + k / 5;
                sum += image.pixels()[(y * 320 + x) * 3 + i % 3] & 0xFF;
            }
            small[i] = (byte) (sum / 25);
        }
        return small;
    }
}
