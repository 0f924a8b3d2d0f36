package io.patchstream.vision.video;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.vision.RgbImage;
import org.junit.jupiter.api.Test;

final class RotationTest {
    // 1 2
    // 3 4
    // 5 6
    private final RgbImage lying = image(3, 2, 1, 2, 3, 4, 5, 6);

    @Test
    void shouldTurnByQuarters() {
        assertThat(first(Rotation.NONE.upright(lying))).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(first(Rotation.CLOCKWISE_90.upright(lying))).containsExactly(5, 3, 1, 6, 4, 2);
        assertThat(first(Rotation.HALF.upright(lying))).containsExactly(6, 5, 4, 3, 2, 1);
        assertThat(first(Rotation.CLOCKWISE_270.upright(lying))).containsExactly(2, 4, 6, 1, 3, 5);
    }

    @Test
    void shouldSwapTheSidesWithAQuarterTurn() {
        RgbImage turned = Rotation.CLOCKWISE_90.upright(lying);

        assertThat(turned.width()).isEqualTo(3);
        assertThat(turned.height()).isEqualTo(2);
    }

    private static RgbImage image(int height, int width, int... red) {
        byte[] pixels = new byte[red.length * 3];
        for (int i = 0; i < red.length; i++) {
            pixels[3 * i] = (byte) red[i];
        }
        return new RgbImage(height, width, pixels);
    }

    private static int[] first(RgbImage image) {
        int[] red = new int[image.width() * image.height()];
        for (int i = 0; i < red.length; i++) {
            red[i] = image.pixels()[3 * i];
        }
        return red;
    }
}
