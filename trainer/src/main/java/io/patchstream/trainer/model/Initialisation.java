package io.patchstream.trainer.model;

import io.patchstream.trainer.model.ParameterLayout.Entry;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The values that training from scratch begins with, as in the paper's code: Xavier-uniform kernels, MLP biases N(0, 1e-6),
 * LeCun-normal patch filter, positions N(0, 0.02), class token and classifier 0. Convolutional tokenizers begin He-normal,
 * as the compact transformer's do. Equal seeds give equal bits, whatever libtorch is used.
 */
public final class Initialisation {
    /** Standard deviation of a unit normal that is cut off at two; LeCun-normal divides by it, as Flax does. */
    private static final double TRUNCATED_DEVIATION = 0.87962566103423978;

    private Initialisation() {}

    /** Fresh parameters, by name, in the layout's order. */
    public static Map<String, HostTensor> of(ModelConfig config, long seed) {
        return of(config, Optional.empty(), seed);
    }

    /** With what a training needs besides the model. */
    public static Map<String, HostTensor> of(ModelConfig config, Optional<PatchPrediction> prediction, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, HostTensor> parameters = new LinkedHashMap<>();
        for (Entry entry : ParameterLayout.of(config, prediction).entries()) {
            // Each parameter has a stream of its own, so that one more layer changes no other layer's values.
            parameters.put(entry.name(), new HostTensor(entry.shape(), values(entry, config, random.split())));
        }
        return parameters;
    }

    private static float[] values(Entry entry, ModelConfig config, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(entry.count())];
        long[] shape = entry.shape();
        switch (entry.role()) {
            case KERNEL -> uniform(values, random, Math.sqrt(6.0 / (shape[0] + shape[1])));
            case FILTER -> normal(values, random, Math.sqrt(2.0 / fanIn(shape)));
            case PATCH_FILTER -> truncated(values, random, Math.sqrt(1.0 / fanIn(shape)) / TRUNCATED_DEVIATION);
            case MLP_BIAS -> normal(values, random, 1e-6);
            case POSITION -> normal(values, random, 0.02);
            case LATENT -> uniform(values, random, Math.sqrt(6.0 / (shape[1] + shape[2])));
            case LAYER_SCALE ->
                java.util.Arrays.fill(values, (float) config.options().layerScale());
            case NORM_SCALE -> java.util.Arrays.fill(values, 1);
            case HEAD_KERNEL, BIAS, CLASS_TOKEN, ZERO_SCALE -> {
                // zero, as Java makes them
            }
        }
        return values;
    }

    private static double fanIn(long[] shape) {
        return (double) shape[1] * shape[2] * shape[3];
    }

    private static void uniform(float[] values, SplittableRandom random, double limit) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((random.nextDouble() * 2 - 1) * limit);
        }
    }

    private static void normal(float[] values, SplittableRandom random, double deviation) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
    }

    private static void truncated(float[] values, SplittableRandom random, double deviation) {
        for (int i = 0; i < values.length; i++) {
            double value;
            do {
                value = random.nextGaussian();
            } while (Math.abs(value) > 2);
            values[i] = (float) (value * deviation);
        }
    }
}
