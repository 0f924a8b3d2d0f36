package io.patchstream.vision;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Read back by the JDK's own decoder. */
class PngTest {
    @Test
    void shouldKeepEveryPixel() throws IOException {
        byte[] pixels = new byte[7 * 5 * 3];
        new Random(1).nextBytes(pixels);

        BufferedImage read = ImageIO.read(new ByteArrayInputStream(Png.encode(new RgbImage(7, 5, pixels))));

        assertThat(read.getWidth()).isEqualTo(5);
        assertThat(read.getHeight()).isEqualTo(7);
        for (int i = 0; i < 35; i++) {
            int rgb = (pixels[3 * i] & 0xff) << 16 | (pixels[3 * i + 1] & 0xff) << 8 | pixels[3 * i + 2] & 0xff;
            assertThat(read.getRGB(i % 5, i / 5) & 0xffffff).isEqualTo(rgb);
        }
    }
}
