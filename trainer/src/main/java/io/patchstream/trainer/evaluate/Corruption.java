package io.patchstream.trainer.evaluate;

import io.patchstream.vision.ImageDecoder;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.video.JpegEncoder;
import io.patchstream.vision.video.VideoException;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What spoils pictures (Hendrycks and Dietterich 2019), at five severities: ImageNet-C's for pictures of more than 64 pixels,
 * CIFAR-10-C's for smaller ones. Applied to the prepared picture; bytes are cut off and not rounded, as there.
 */
public enum Corruption {
    GAUSSIAN_NOISE(List.of(.08, .12, .18, .26, .38), List.of(.04, .06, .08, .09, .10)),
    GAUSSIAN_BLUR(List.of(1., 2., 3., 4., 6.), List.of(.4, .6, .7, .8, 1.)),
    BRIGHTNESS(List.of(.1, .2, .3, .4, .5), List.of(.05, .1, .15, .2, .3)),
    CONTRAST(List.of(.4, .3, .2, .1, .05), List.of(.75, .5, .4, .3, .15)),
    JPEG(List.of(25., 18., 15., 10., 7.), List.of(80., 65., 58., 50., 40.));

    /** Severities are 1 to this. */
    public static final int SEVERITIES = 5;

    private static final int SMALL_SIDE = 64;

    private final List<Double> large;
    private final List<Double> small;

    Corruption(List<Double> large, List<Double> small) {
        this.large = large;
        this.small = small;
    }

    /**
     * The spoilt picture.
     *
     * @param severity 1 to 5
     * @param seed of the noise
     */
    public RgbImage apply(RgbImage image, int severity, long seed) throws IOException {
        double strength = (Math.max(image.height(), image.width()) > SMALL_SIDE ? large : small).get(severity - 1);
        if (this == JPEG) {
            return squeezed(image, (int) strength);
        }
        double[] x = new double[image.pixels().length];
        for (int i = 0; i < x.length; i++) {
            x[i] = Byte.toUnsignedInt(image.pixels()[i]) / 255.0;
        }
        switch (this) {
            case GAUSSIAN_NOISE -> {
                SplittableRandom random = new SplittableRandom(seed);
                for (int i = 0; i < x.length; i++) {
                    x[i] += strength * random.nextGaussian();
                }
            }
            case GAUSSIAN_BLUR -> {
                x = blurred(x, image.height(), image.width(), strength);
            }
            case BRIGHTNESS -> brighten(x, strength);
            case CONTRAST -> flatten(x, strength);
            default -> throw new AssertionError(this);
        }
        byte[] pixels = new byte[x.length];
        for (int i = 0; i < x.length; i++) {
            pixels[i] = (byte) (int) (Math.max(0, Math.min(1, x[i])) * 255);
        }
        return new RgbImage(image.height(), image.width(), pixels);
    }

    /** Adds to the value of hue, saturation, value, which is the largest colour. */
    private static void brighten(double[] x, double more) {
        for (int i = 0; i < x.length; i += 3) {
            double value = Math.max(x[i], Math.max(x[i + 1], x[i + 2]));
            double lifted = Math.min(1, value + more);
            for (int c = i; c < i + 3; c++) {
                x[c] = value == 0 ? lifted : x[c] * lifted / value;
            }
        }
    }

    private static void flatten(double[] x, double share) {
        double[] means = new double[3];
        for (int i = 0; i < x.length; i++) {
            means[i % 3] += x[i] * 3 / x.length;
        }
        for (int i = 0; i < x.length; i++) {
            x[i] = (x[i] - means[i % 3]) * share + means[i % 3];
        }
    }

    /** Separable, cut at four deviations, edges repeated: {@code skimage.filters.gaussian}. */
    private static double[] blurred(double[] x, int height, int width, double sigma) {
        int radius = (int) (4 * sigma + 0.5);
        double[] kernel = new double[2 * radius + 1];
        double sum = 0;
        for (int k = 0; k < kernel.length; k++) {
            kernel[k] = Math.exp(-0.5 * (k - radius) * (k - radius) / (sigma * sigma));
            sum += kernel[k];
        }
        double[] down = new double[x.length];
        double[] both = new double[x.length];
        for (int pass = 0; pass < 2; pass++) {
            double[] from = pass == 0 ? x : down;
            double[] into = pass == 0 ? down : both;
            for (int i = 0; i < x.length; i++) {
                int c = i % 3;
                int column = i / 3 % width;
                int row = i / 3 / width;
                for (int k = -radius; k <= radius; k++) {
                    int r = pass == 0 ? Math.max(0, Math.min(height - 1, row + k)) : row;
                    int q = pass == 1 ? Math.max(0, Math.min(width - 1, column + k)) : column;
                    into[i] += kernel[k + radius] / sum * from[(r * width + q) * 3 + c];
                }
            }
        }
        return both;
    }

    private static RgbImage squeezed(RgbImage image, int quality) throws IOException {
        try (JpegEncoder encoder = new JpegEncoder(quality);
                ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults())) {
            return decoder.decode(encoder.encode(image));
        } catch (VideoException | UndecodableException e) {
            throw new IOException("a picture cannot be squeezed as JPEG: " + e.getMessage(), e);
        }
    }
}
