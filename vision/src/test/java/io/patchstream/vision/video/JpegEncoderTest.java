package io.patchstream.vision.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class JpegEncoderTest {
    private final RgbImage picture = TestPictures.picture(97, 61, 3);

    @Test
    void shouldMakeAJpegThatOthersReadBack() throws IOException {
        byte[] jpeg;
        try (JpegEncoder encoder = new JpegEncoder(95)) {
            jpeg = encoder.encode(picture);
        }

        // The JDK's own decoder as the oracle.
        assertThat(TestPictures.difference(decode(jpeg), picture)).isLessThan(3);
    }

    @Test
    void shouldMakeSmallerFilesAtLowerQuality() throws IOException {
        try (JpegEncoder fine = new JpegEncoder(95);
                JpegEncoder coarse = new JpegEncoder(30)) {
            assertThat(coarse.encode(picture).length).isLessThan(fine.encode(picture).length * 2 / 3);
        }
    }

    @Test
    void shouldEncodePicturesOfManySizesInTurn() throws IOException {
        try (JpegEncoder encoder = new JpegEncoder(90)) {
            for (int size : new int[] {8, 200, 1, 33}) {
                assertThat(decode(encoder.encode(TestPictures.picture(size, size, 0)))
                                .width())
                        .isEqualTo(size);
            }
        }
    }

    @Test
    void shouldRefuseAQualityThatIsNone() {
        assertThatThrownBy(() -> new JpegEncoder(0)).hasMessageContaining("1 to 100");
    }

    private static RgbImage decode(byte[] jpeg) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
        byte[] pixels = new byte[image.getWidth() * image.getHeight() * 3];
        for (int i = 0; i < pixels.length / 3; i++) {
            int rgb = image.getRGB(i % image.getWidth(), i / image.getWidth());
            pixels[3 * i] = (byte) (rgb >> 16);
            pixels[3 * i + 1] = (byte) (rgb >> 8);
            pixels[3 * i + 2] = (byte) rgb;
        }
        return new RgbImage(image.getHeight(), image.getWidth(), pixels);
    }
}
