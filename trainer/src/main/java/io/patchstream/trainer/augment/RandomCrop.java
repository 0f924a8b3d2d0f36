package io.patchstream.trainer.augment;

import io.patchstream.vision.RgbImage;
import java.util.SplittableRandom;

/**
 * A shift by up to {@code padding} pixels each way: what padding on all sides and cropping back to size does. The padding
 * repeats the border, so that no dark frame is learnt.
 *
 * @param padding in pixels
 */
public record RandomCrop(int padding) implements Augmentation {
    public RandomCrop {
        if (padding < 1) {
            throw new IllegalArgumentException("padding is " + padding + " pixels; it must be 1 or more");
        }
    }

    @Override
    public RgbImage apply(RgbImage image, SplittableRandom random) {
        int dy = random.nextInt(2 * padding + 1) - padding;
        int dx = random.nextInt(2 * padding + 1) - padding;
        int height = image.height();
        int width = image.width();
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int y = 0; y < height; y++) {
            int row = Math.min(Math.max(y + dy, 0), height - 1) * width;
            for (int x = 0; x < width; x++) {
                int source = (row + Math.min(Math.max(x + dx, 0), width - 1)) * 3;
                int target = (y * width + x) * 3;
                to[target] = from[source];
                to[target + 1] = from[source + 1];
                to[target + 2] = from[source + 2];
            }
        }
        return new RgbImage(height, width, to);
    }
}
