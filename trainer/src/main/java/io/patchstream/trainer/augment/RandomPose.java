package io.patchstream.trainer.augment;

import io.patchstream.vision.RgbImage;
import java.util.SplittableRandom;

/**
 * A small turn, change of size and shift, all at once.
 *
 * @param degrees the most that it turns either way
 * @param scale the most that it grows or shrinks, such as 0.15
 * @param shift the most that it moves, in pixels
 */
public record RandomPose(double degrees, double scale, double shift) implements Augmentation {
    public RandomPose {
        if (!(degrees >= 0 && scale >= 0 && scale < 1 && shift >= 0)) {
            throw new IllegalArgumentException("a pose of " + degrees + " degrees, scale " + scale + ", shift " + shift
                    + " pixels: none may be negative, and scale is less than 1");
        }
    }

    @Override
    public RgbImage apply(RgbImage image, SplittableRandom random) {
        Affine turn = Affine.rotation(Math.toRadians(degrees * signed(random)));
        double size = 1 + scale * signed(random);
        double aspect = 1 + scale / 2 * signed(random);
        Affine move = Affine.translation(shift * signed(random), shift * signed(random));
        return move.after(turn.after(Affine.scale(size * aspect, size / aspect)))
                .apply(image);
    }

    private static double signed(SplittableRandom random) {
        return random.nextDouble() * 2 - 1;
    }
}
