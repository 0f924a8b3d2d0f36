package io.patchstream.trainer.data;

import io.patchstream.vision.Preprocessor;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Resize;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Takes a {@link Crop} of one picture after another. For one thread: it keeps what it resizes with, and makes that anew
 * only when a picture is to become another size than the last one.
 */
final class Cropper {
    private final Crop crop;
    private Preprocessor resizer;

    Cropper(Crop crop) {
        this.crop = crop;
        this.resizer = new Preprocessor(crop.serving());
    }

    /**
     * What is seen of a picture.
     *
     * @return uint8 RGB of the model's size
     */
    RgbImage of(RgbImage picture, SplittableRandom random) {
        Preprocessing serving = crop.serving();
        return switch (crop.kind()) {
            case NONE -> prepared(picture);
            case RANDOM -> random(picture, random);
            case INCEPTION -> squashed(Crop.inception(picture, random), serving.height(), serving.width());
        };
    }

    private RgbImage random(RgbImage picture, SplittableRandom random) {
        Preprocessing serving = crop.serving();
        int shortest = Math.min(picture.height(), picture.width());
        boolean squash = serving.resize() == Resize.SQUASH;
        int height = squash ? crop.resizeTo() : Math.toIntExact((long) crop.resizeTo() * picture.height() / shortest);
        int width = squash ? crop.resizeTo() : Math.toIntExact((long) crop.resizeTo() * picture.width() / shortest);
        int top = random.nextInt(height - serving.height() + 1);
        int left = random.nextInt(width - serving.width() + 1);
        return Crop.cut(squashed(picture, height, width), top, left, serving.height(), serving.width());
    }

    private RgbImage squashed(RgbImage picture, int height, int width) {
        Preprocessing serving = crop.serving();
        Preprocessing squash =
                new Preprocessing(Resize.SQUASH, height, height, width, serving.interpolation(), serving.antialias());
        if (!resizer.preprocessing().equals(squash)) {
            resizer = new Preprocessor(squash);
        }
        return prepared(picture);
    }

    private RgbImage prepared(RgbImage picture) {
        Preprocessing to = resizer.preprocessing();
        byte[] pixels = new byte[to.byteSize()];
        resizer.prepare(picture, ByteBuffer.wrap(pixels));
        return new RgbImage(to.height(), to.width(), pixels);
    }
}
