package io.patchstream.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Mean and standard deviation of each colour, R, G, B, from 0 to 1, that a checkpoint expects to be taken out of its pixels.
 */
public record PixelStatistics(List<Double> mean, List<Double> deviation) {
    /** To [-1, 1]: the paper's code, AugReg, Hugging Face's ViT. */
    public static final PixelStatistics HALF = same(0.5, 0.5);
    /** ImageNet's: DeiT, DINO, DINOv2, MAE. */
    public static final PixelStatistics IMAGENET =
            new PixelStatistics(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
    /** CLIP's. */
    public static final PixelStatistics CLIP = new PixelStatistics(
            List.of(0.48145466, 0.4578275, 0.40821073), List.of(0.26862954, 0.26130258, 0.27577711));

    /** Those that have names on the command line. */
    public static final Map<String, PixelStatistics> NAMED = Map.of("half", HALF, "imagenet", IMAGENET, "clip", CLIP);

    public PixelStatistics {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != 3 || deviation.size() != 3 || deviation.stream().anyMatch(value -> !(value > 0))) {
            throw new CheckpointException("mean " + mean + " and standard deviation " + deviation
                    + " of pixels; there must be three of each, the latter above 0");
        }
    }

    private static PixelStatistics same(double mean, double deviation) {
        return new PixelStatistics(List.of(mean, mean, mean), List.of(deviation, deviation, deviation));
    }

    /** Reads two lists of three numbers. */
    static PixelStatistics of(JsonNode mean, JsonNode deviation) {
        return new PixelStatistics(numbers(mean), numbers(deviation));
    }

    private static List<Double> numbers(JsonNode list) {
        List<Double> numbers = new ArrayList<>();
        list.forEach(node -> numbers.add(node.asDouble()));
        return numbers;
    }

    /**
     * For models whose first convolution sees padding, into which nothing can be folded.
     *
     * @throws CheckpointException unless these are {@link #HALF}
     */
    void requireHalf() {
        if (!equals(HALF)) {
            throw new CheckpointException("mean " + mean + " and standard deviation " + deviation
                    + " of pixels; a ResNet's padding allows 0.5 and 0.5 only (--pixels half)");
        }
    }

    /**
     * Changes a patch filter and its bias so that they give for pixels in [-1, 1] what they gave for pixels without these
     * statistics. Exact, for no patch sees padding.
     *
     * @param filter {@code [D, 3, P, P]}
     * @param bias {@code [D]}
     * @return filter and bias
     */
    List<HostTensor> foldedInto(HostTensor filter, HostTensor bias) {
        if (equals(HALF)) {
            return List.of(filter, bias);
        }
        int d = Math.toIntExact(filter.dim(0));
        int area = Math.toIntExact(filter.dim(2) * filter.dim(3));
        float[] kernel = filter.values().clone();
        float[] shifts = bias.values().clone();
        for (int out = 0; out < d; out++) {
            double shift = 0;
            for (int i = 0; i < 3 * area; i++) {
                int colour = i / area;
                double value = kernel[out * 3 * area + i];
                shift += value * (0.5 - mean.get(colour)) / deviation.get(colour);
                kernel[out * 3 * area + i] = (float) (value * 0.5 / deviation.get(colour));
            }
            shifts[out] += (float) shift;
        }
        return List.of(new HostTensor(filter.shape(), kernel), new HostTensor(bias.shape(), shifts));
    }
}
