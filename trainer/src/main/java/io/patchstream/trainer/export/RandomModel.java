package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelLineage;
import io.patchstream.vision.model.Preprocessing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A model that knows nothing: random weights of a seed, for speed measurements and tests of what does not depend on what a
 * model knows. No parameter is zero or one as in a fresh model, so that none can be left out unseen.
 */
public final class RandomModel {
    private RandomModel() {}

    /** The same seed gives the same model, on every machine. */
    public static TrainedModel of(ModelConfig config, long seed) {
        Random random = new Random(seed);
        Map<String, HostTensor> parameters = new LinkedHashMap<>();
        for (ParameterLayout.Entry entry : ParameterLayout.of(config).entries()) {
            parameters.put(entry.name(), draw(entry, random));
        }
        List<String> labels =
                IntStream.range(0, config.classes()).mapToObj(i -> "class " + i).toList();
        return new TrainedModel(
                config,
                parameters,
                labels,
                Preprocessing.squash(config.imageSize(), Preprocessing.Interpolation.BICUBIC),
                new ModelLineage("", "", "random weights", seed, Map.of(), ""));
    }

    private static HostTensor draw(ParameterLayout.Entry entry, Random random) {
        double mean = entry.role() == ParameterLayout.Role.NORM_SCALE || entry.role() == ParameterLayout.Role.ZERO_SCALE
                ? 1
                : 0;
        double deviation = deviation(entry);
        float[] values = new float[Math.toIntExact(entry.count())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return new HostTensor(entry.shape(), values);
    }

    /** Kernels by Glorot and filters by He, so that activations neither vanish nor explode. */
    private static double deviation(ParameterLayout.Entry entry) {
        long[] shape = entry.shape();
        return switch (entry.role()) {
            case KERNEL, HEAD_KERNEL -> Math.sqrt(2.0 / (shape[0] + shape[1]));
            case FILTER, PATCH_FILTER -> Math.sqrt(2.0 / (shape[1] * shape[2] * shape[3]));
            case BIAS, MLP_BIAS, NORM_SCALE, ZERO_SCALE -> 0.05;
            case CLASS_TOKEN, LATENT, POSITION -> 0.1;
            case LAYER_SCALE -> 0.5;
        };
    }
}
