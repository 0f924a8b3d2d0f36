package io.patchstream.stream.demo;

import io.patchstream.vision.RgbImage;
import io.patchstream.vision.video.JpegEncoder;
import io.patchstream.vision.video.SegmentEncoder;
import java.io.IOException;
import java.util.stream.IntStream;

/** A test picture, encoded: what broken frames are broken from. */
final class TestPictures {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final int PICTURES = 5;
    private static final int JPEG_QUALITY = 90;
    private static final int QUANTISER = 24;
    private static final int FRAMES_PER_SECOND = 10;

    private TestPictures() {}

    static byte[] jpeg() throws IOException {
        try (JpegEncoder encoder = new JpegEncoder(JPEG_QUALITY)) {
            return encoder.encode(picture(0));
        }
    }

    /** A closed group of five pictures, H.264. */
    static byte[] segment() throws IOException {
        try (SegmentEncoder encoder = new SegmentEncoder(WIDTH, HEIGHT, FRAMES_PER_SECOND, QUANTISER)) {
            return encoder.encode(
                    IntStream.range(0, PICTURES).mapToObj(TestPictures::picture).toList());
        }
    }

    /** Bars of colour that move to the right, over a ramp of grey with a grain that no encoder takes for nothing. */
    private static RgbImage picture(int number) {
        byte[] pixels = new byte[WIDTH * HEIGHT * 3];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int x = i % WIDTH;
            int y = i / WIDTH;
            int bar = (x + 8 * number) / 40 % 8;
            int grain = (x * 7 + y * 13) % 11;
            for (int colour = 0; colour < 3; colour++) {
                int value = y < HEIGHT * 2 / 3 ? ((bar >> colour & 1) == 1 ? 200 : 40) : 20 + 200 * x / WIDTH;
                pixels[3 * i + colour] = (byte) (value + grain);
            }
        }
        return new RgbImage(HEIGHT, WIDTH, pixels);
    }
}
