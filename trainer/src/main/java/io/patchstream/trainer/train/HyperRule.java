package io.patchstream.trainer.train;

import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * BiT-HyperRule (Kolesnikov et al. 2020, and {@code bit_hyperrule.py}): steps, resolution and mixup of a fine-tuning follow
 * from how many pictures there are and how large they are. All else is the recipe's.
 */
public final class HyperRule {
    /** The recipe that it completes. */
    public static final String RECIPE = "bit-hyperrule";

    private static final int SMALL = 20_000;
    private static final int LARGE = 500_000;
    private static final int SMALL_SIDE = 96;

    private HyperRule() {}

    /**
     * The settings for some data.
     *
     * @throws IOException when the first picture, which stands for all, cannot be read
     */
    public static Map<String, String> of(TrainingData data) throws IOException {
        RgbImage picture = data.training().image(0, 0);
        return of(data.training().size(), picture.height(), picture.width());
    }

    static Map<String, String> of(int pictures, int height, int width) {
        Map<String, String> settings = new TreeMap<>();
        boolean small = pictures < SMALL;
        settings.put("steps", small ? "500" : pictures < LARGE ? "10000" : "20000");
        settings.put("warm-up-steps", small ? "100" : "500");
        settings.put("stairs", small ? "0.4,0.6,0.8" : "0.3,0.6,0.9");
        settings.put("mixup", small ? "0" : "0.1");
        boolean tiny = (long) height * width < SMALL_SIDE * SMALL_SIDE;
        settings.put("resize-to", tiny ? "160" : "512");
        settings.put("image-size", tiny ? "128" : "480");
        return settings;
    }
}
