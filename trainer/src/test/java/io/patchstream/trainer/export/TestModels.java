package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ClassDistance;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ConformalPromise;
import io.patchstream.vision.model.KnownDistances;
import io.patchstream.vision.model.KnownDistances.Limit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Small architectures, one for each way that a model can differ. */
final class TestModels {
    private TestModels() {}

    /** The tiny model that lies in the stream processor's test resources. */
    static ModelConfig tiny() {
        return config("tiny", 32, new Patches(8), Pooling.CLASS_TOKEN, Gelu.TANH, Normalisation.HALF);
    }

    static ModelConfig compact() {
        return config(
                "compact",
                19,
                new Convolutions(2, 3, 12),
                Pooling.SEQUENCE,
                Gelu.ERF,
                new Normalisation(0.286f, 0.353f));
    }

    static Stream<ModelConfig> all() {
        return Stream.of(
                tiny(),
                config("class-erf", 24, new Patches(4), Pooling.CLASS_TOKEN, Gelu.ERF, new Normalisation(0.3f, 0.2f)),
                config("mean", 32, new Patches(16), Pooling.MEAN, Gelu.ERF, Normalisation.HALF),
                compact(),
                config("conv-5", 28, new Convolutions(1, 5, 8), Pooling.MEAN, Gelu.TANH, Normalisation.HALF),
                config("conv-class", 16, new Convolutions(2, 3, 8), Pooling.CLASS_TOKEN, Gelu.ERF, Normalisation.HALF));
    }

    /** With temperature, conformal threshold and the Gaussians of made-up classes. */
    static TrainedModel calibrated(TrainedModel model) {
        return model.calibrated(
                1.5,
                Optional.of(new ConformalPromise(0.9, 0.11, 200)),
                Optional.of(distance(model.config().embeddingSize())));
    }

    /** To three classes. */
    static ClassDistance distance(int size) {
        Random random = new Random(6);
        return new ClassDistance(
                normal(random, size, size),
                normal(random, size),
                normal(random, 3, size),
                new KnownDistances(List.of(new Limit(95, size), new Limit(99, 2.5 * size)), 200));
    }

    private static HostTensor normal(Random random, long... shape) {
        float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return HostTensor.of(values, shape);
    }

    private static ModelConfig config(
            String name,
            int side,
            ModelConfig.Tokenizer tokenizer,
            Pooling pooling,
            Gelu gelu,
            Normalisation normalisation) {
        return new ModelConfig(
                name, side, tokenizer, 32, 2, 4, 64, 10, pooling, gelu, 1e-6, 0.1, 0.1, normalisation, 0);
    }
}
