package io.patchstream.trainer.augment;

import io.patchstream.vision.RgbImage;
import java.util.SplittableRandom;

/**
 * A rectangle of noise over part of the picture (Zhong et al. 2020): 2 to 33 per cent of the area, aspect ratio 0.3 to 3.3.
 *
 * @param probability of a picture being hit, from 0 to 1
 */
public record RandomErasing(double probability) implements Augmentation {
    private static final double LEAST_AREA = 0.02;
    private static final double MOST_AREA = 0.33;
    private static final double LOG_ASPECT = Math.log(3.3);

    public RandomErasing {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("the probability of erasing is " + probability + ", not 0 to 1");
        }
    }

    @Override
    public RgbImage apply(RgbImage image, SplittableRandom random) {
        if (random.nextDouble() >= probability) {
            return image;
        }
        double area = image.height() * image.width() * (LEAST_AREA + (MOST_AREA - LEAST_AREA) * random.nextDouble());
        double aspect = Math.exp((random.nextDouble() * 2 - 1) * LOG_ASPECT);
        int h = (int) Math.min(image.height(), Math.max(1, Math.round(Math.sqrt(area * aspect))));
        int w = (int) Math.min(image.width(), Math.max(1, Math.round(Math.sqrt(area / aspect))));
        int top = random.nextInt(image.height() - h + 1);
        int left = random.nextInt(image.width() - w + 1);
        byte[] pixels = image.pixels().clone();
        for (int y = top; y < top + h; y++) {
            for (int i = (y * image.width() + left) * 3; i < (y * image.width() + left + w) * 3; i++) {
                pixels[i] = (byte) random.nextInt(256);
            }
        }
        return new RgbImage(image.height(), image.width(), pixels);
    }
}
