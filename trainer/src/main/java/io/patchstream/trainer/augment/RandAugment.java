package io.patchstream.trainer.augment;

import io.patchstream.vision.RgbImage;
import java.util.SplittableRandom;

/**
 * RandAugment (Cubuk et al. 2020): a few operations drawn at random, each at one strength, as Pillow does them: rotate,
 * shear, translate, brightness, contrast, saturation, posterise, solarise, invert, equal grey levels.
 *
 * @param operations how many, one after the other
 * @param magnitude from 0 to 30, as the paper counts; 10 is usual
 */
public record RandAugment(int operations, double magnitude) implements Augmentation {
    private static final double MOST = 30;

    public RandAugment {
        if (operations < 1 || !(magnitude >= 0 && magnitude <= MOST)) {
            throw new IllegalArgumentException(
                    "RandAugment takes 1 or more operations and a magnitude from 0 to 30, not " + operations + " and "
                            + magnitude);
        }
    }

    @Override
    public RgbImage apply(RgbImage image, SplittableRandom random) {
        RgbImage changed = image;
        for (int i = 0; i < operations; i++) {
            changed = one(changed, random);
        }
        return changed;
    }

    private RgbImage one(RgbImage image, SplittableRandom random) {
        double strength = magnitude / MOST;
        double signed = random.nextInt(2) == 0 ? strength : -strength;
        return switch (random.nextInt(12)) {
            case 0 -> Affine.rotation(Math.toRadians(30 * signed)).apply(image);
            case 1 -> Affine.shear(0.3 * signed, 0).apply(image);
            case 2 -> Affine.shear(0, 0.3 * signed).apply(image);
            case 3 -> Affine.translation(0.45 * signed * image.width(), 0).apply(image);
            case 4 -> Affine.translation(0, 0.45 * signed * image.height()).apply(image);
            case 5 -> Colour.brightness(image, 1 + 0.9 * signed);
            case 6 -> Colour.contrast(image, 1 + 0.9 * signed);
            case 7 -> Colour.saturation(image, 1 + 0.9 * signed);
            case 8 -> Colour.posterise(image, 8 - (int) Math.round(4 * strength));
            case 9 -> Colour.solarise(image, (int) Math.round(256 - 256 * strength));
            case 10 -> Colour.stretch(image);
            default -> image;
        };
    }
}
