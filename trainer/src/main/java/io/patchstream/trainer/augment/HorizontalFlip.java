package io.patchstream.trainer.augment;

import io.patchstream.vision.RgbImage;
import java.util.SplittableRandom;

/** Left and right exchanged, for half of the pictures. */
public record HorizontalFlip() implements Augmentation {
    @Override
    public RgbImage apply(RgbImage image, SplittableRandom random) {
        if (random.nextInt(2) == 0) {
            return image;
        }
        int height = image.height();
        int width = image.width();
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                System.arraycopy(from, (y * width + width - 1 - x) * 3, to, (y * width + x) * 3, 3);
            }
        }
        return new RgbImage(height, width, to);
    }
}
