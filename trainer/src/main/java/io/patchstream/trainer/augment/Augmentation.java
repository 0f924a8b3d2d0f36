package io.patchstream.trainer.augment;

import io.patchstream.vision.RgbImage;
import java.util.List;
import java.util.SplittableRandom;

/** A random change of a picture. Shared by threads: what is random comes from the generator alone. */
@FunctionalInterface
public interface Augmentation {
    /**
     * @param image read, not changed
     * @return a picture of the same size; {@code image} itself when nothing is to be done
     */
    RgbImage apply(RgbImage image, SplittableRandom random);

    /** One after the other. */
    static Augmentation chain(List<Augmentation> steps) {
        List<Augmentation> all = List.copyOf(steps);
        return (image, random) -> {
            RgbImage changed = image;
            for (Augmentation step : all) {
                changed = step.apply(changed, random);
            }
            return changed;
        };
    }
}
