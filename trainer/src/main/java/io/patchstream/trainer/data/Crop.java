package io.patchstream.trainer.data;

import io.patchstream.vision.RgbImage;
import io.patchstream.vision.model.Preprocessing;
import java.util.SplittableRandom;

/**
 * The part of a picture that a training sees, brought to the model's size.
 *
 * @param kind which part
 * @param serving how the picture is brought to size when the model is used
 * @param resizeTo with {@link Kind#RANDOM}, the picture's sides in pixels before it is cropped: the shortest, or both where
 *     {@code serving} squashes
 */
public record Crop(Kind kind, Preprocessing serving, int resizeTo) {
    /** Aspect ratios of {@link Kind#INCEPTION}, width over height; TensorFlow's. */
    private static final double LEAST_ASPECT = 0.75;

    private static final double MOST_ASPECT = 1.33;
    private static final double LEAST_AREA = 0.05;
    private static final int ATTEMPTS = 100;

    /** Which part. */
    public enum Kind {
        /** What the model will see when it is used. */
        NONE,
        /** A place at random, of the model's size, in the picture at a larger one (BiT). */
        RANDOM,
        /**
         * 5 to 100 % of the area at an aspect ratio of 3/4 to 4/3, squashed to the model's size: Inception's crop, which the
         * paper's code trains and fine-tunes with ({@code sample_distorted_bounding_box}).
         */
        INCEPTION
    }

    public Crop {
        if (kind == Kind.RANDOM && resizeTo < Math.max(serving.height(), serving.width())) {
            throw new IllegalArgumentException("a random crop of " + serving.height() + " x " + serving.width()
                    + " pixels needs pictures of that size at least, not " + resizeTo);
        }
    }

    /** All that the model will see. */
    public static Crop none(Preprocessing serving) {
        return new Crop(Kind.NONE, serving, 0);
    }

    /** A part in the picture's own pixels: heights that fit are equally likely, and so are places. */
    static RgbImage inception(RgbImage picture, SplittableRandom random) {
        int pictureHeight = picture.height();
        int pictureWidth = picture.width();
        double area = (double) pictureHeight * pictureWidth;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double aspect = LEAST_ASPECT + (MOST_ASPECT - LEAST_ASPECT) * random.nextDouble();
            int least = (int) Math.round(Math.sqrt(LEAST_AREA * area / aspect));
            int most = (int) Math.min(
                    Math.min(Math.round(Math.sqrt(area / aspect)), pictureHeight),
                    Math.floor((pictureWidth + 0.5) / aspect));
            if (least > most) {
                continue;
            }
            int height = least + random.nextInt(most - least + 1);
            int width = (int) Math.round(height * aspect);
            double share = height * width / area;
            if (height >= 1 && width >= 1 && width <= pictureWidth && share >= LEAST_AREA && share <= 1) {
                int top = random.nextInt(pictureHeight - height + 1);
                int left = random.nextInt(pictureWidth - width + 1);
                return cut(picture, top, left, height, width);
            }
        }
        return picture;
    }

    static RgbImage cut(RgbImage picture, int top, int left, int height, int width) {
        byte[] pixels = new byte[height * width * 3];
        for (int y = 0; y < height; y++) {
            int from = ((top + y) * picture.width() + left) * 3;
            System.arraycopy(picture.pixels(), from, pixels, y * width * 3, width * 3);
        }
        return new RgbImage(height, width, pixels);
    }
}
