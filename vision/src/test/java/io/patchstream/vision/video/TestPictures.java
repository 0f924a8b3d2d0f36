package io.patchstream.vision.video;

import io.patchstream.vision.RgbImage;
import java.util.List;
import java.util.stream.IntStream;

/** Pictures to encode: a coloured gradient over which a bright square moves. */
final class TestPictures {
    static RgbImage picture(int width, int height, int t) {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++) {
            int x = i % width;
            int y = i / width;
            boolean square = Math.abs(x - (10 + 4 * t) % width) < 8 && Math.abs(y - height / 2) < 8;
            pixels[3 * i] = (byte) (square ? 240 : 40 + 120 * x / width);
            pixels[3 * i + 1] = (byte) (square ? 230 : 60 + 100 * y / height);
            pixels[3 * i + 2] = (byte) (square ? 40 : 90);
        }
        return new RgbImage(height, width, pixels);
    }

    static List<RgbImage> pictures(int width, int height, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(t -> picture(width, height, t))
                .toList();
    }

    /** Mean absolute difference in grey levels. */
    static double difference(RgbImage a, RgbImage b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new AssertionError(
                    a.width() + " x " + a.height() + " pixels against " + b.width() + " x " + b.height());
        }
        long sum = 0;
        for (int i = 0; i < a.pixels().length; i++) {
            sum += Math.abs((a.pixels()[i] & 0xFF) - (b.pixels()[i] & 0xFF));
        }
        return (double) sum / a.pixels().length;
    }

    private TestPictures() {}
}
