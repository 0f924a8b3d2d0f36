package io.patchstream.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.util.ArrayList;
import java.util.List;

/**
 * How a picture becomes a checkpoint's input: by {@code preprocessor_config.json} (Hugging Face), else by timm's
 * {@code pretrained_cfg}, else as is usual for its dialect.
 *
 * @param preprocessing the contract's
 * @param statistics of the pixels
 * @param notes what was taken for granted, or is not quite the family's
 */
record Preparation(Preprocessing preprocessing, PixelStatistics statistics, List<String> notes) {
    private static final int PILLOW_BILINEAR = 2;
    private static final int PILLOW_BICUBIC = 3;

    /**
     * @param imageSize of the model, in pixels
     * @param usual for the family, where the checkpoint says nothing
     */
    static Preparation of(Checkpoint checkpoint, Dialect dialect, int imageSize, PixelStatistics usual) {
        JsonNode timm = checkpoint.settings().path("pretrained_cfg");
        if (checkpoint.preprocessor().isObject()) {
            return huggingFace(checkpoint.preprocessor(), imageSize);
        }
        if (timm.isObject()) {
            return timm(timm, imageSize);
        }
        List<String> notes = List.of("no preprocessor_config.json beside the weights: mean " + usual.mean()
                + " and standard deviation " + usual.deviation() + " are taken for granted (--pixels)");
        boolean imagenet = usual.equals(PixelStatistics.IMAGENET);
        Preprocessing preprocessing = dialect != Dialect.TIMM && dialect != Dialect.TIMM_BIT
                ? Preprocessing.squash(imageSize, Interpolation.BILINEAR)
                : Preprocessing.centreCrop(
                        (int) Math.floor(imageSize / (imagenet ? 0.875 : 0.9)), imageSize, Interpolation.BICUBIC);
        return new Preparation(preprocessing, usual, notes);
    }

    private static Preparation timm(JsonNode settings, int imageSize) {
        double crop = settings.path("crop_pct").asDouble(0.875);
        String kernel = settings.path("interpolation").asText("bicubic");
        if (!kernel.equals("bicubic") && !kernel.equals("bilinear")) {
            throw new CheckpointException(
                    "the checkpoint resizes pictures by " + kernel + "; bilinear and bicubic are there");
        }
        Interpolation interpolation = kernel.equals("bicubic") ? Interpolation.BICUBIC : Interpolation.BILINEAR;
        return new Preparation(
                settings.path("crop_mode").asText("center").equals("squash")
                        ? Preprocessing.squash(imageSize, interpolation)
                        : Preprocessing.centreCrop((int) Math.floor(imageSize / crop), imageSize, interpolation),
                PixelStatistics.of(settings.path("mean"), settings.path("std")),
                List.of());
    }

    private static Preparation huggingFace(JsonNode settings, int imageSize) {
        List<String> notes = new ArrayList<>();
        int resample = settings.path("resample").asInt(PILLOW_BILINEAR);
        if (resample != PILLOW_BILINEAR && resample != PILLOW_BICUBIC) {
            throw new CheckpointException("preprocessor_config.json resizes pictures by Pillow's kernel " + resample
                    + "; 2 (bilinear) and 3 (bicubic) are there");
        }
        Interpolation interpolation = resample == PILLOW_BICUBIC ? Interpolation.BICUBIC : Interpolation.BILINEAR;
        JsonNode size = settings.path("size");
        boolean crops = settings.path("do_center_crop").asBoolean(false);
        Preprocessing preprocessing = Preprocessing.squash(imageSize, interpolation);
        if (crops) {
            JsonNode crop = settings.path("crop_size");
            int cropped = crop.isObject() ? crop.path("height").asInt() : crop.asInt(imageSize);
            int shortest = size.isObject()
                    ? size.path("shortest_edge").asInt(size.path("height").asInt())
                    : size.asInt();
            if (cropped < 1 || shortest < cropped) {
                throw new CheckpointException(
                        "preprocessor_config.json resizes to " + shortest + " and crops to " + cropped + " pixels");
            }
            if (size.has("height")) {
                notes.add("pictures are brought to " + shortest
                        + " pixels by their shorter side; the checkpoint's own code"
                        + " squashes them to a square first, which differs for pictures that are none");
            }
            int resizeTo = Math.toIntExact(Math.round((double) shortest * imageSize / cropped));
            preprocessing = Preprocessing.centreCrop(resizeTo, imageSize, interpolation);
        }
        PixelStatistics statistics = settings.path("do_normalize").asBoolean(true)
                ? PixelStatistics.of(settings.path("image_mean"), settings.path("image_std"))
                : new PixelStatistics(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
        return new Preparation(preprocessing, statistics, notes);
    }
}
