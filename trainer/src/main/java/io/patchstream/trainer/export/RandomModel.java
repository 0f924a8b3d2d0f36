package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelLineage;
import io.patchstream.vision.model.Preprocessing;
import java.util.Arrays;
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
    private final ModelConfig config;
    private final Random random;
    private final Map<String, HostTensor> tensors = new LinkedHashMap<>();

    private RandomModel(ModelConfig config, long seed) {
        this.config = config;
        this.random = new Random(seed);
    }

    /** The same seed gives the same model, on every machine. */
    public static TrainedModel of(ModelConfig config, long seed) {
        RandomModel model = new RandomModel(config, seed);
        model.draw();
        List<String> labels =
                IntStream.range(0, config.classes()).mapToObj(i -> "class " + i).toList();
        return new TrainedModel(
                config,
                model.tensors,
                labels,
                Preprocessing.squash(config.imageSize(), Preprocessing.Interpolation.BICUBIC),
                new ModelLineage("", "", "random weights", seed, Map.of(), ""));
    }

    private void draw() {
        int d = config.hiddenSize();
        int m = config.mlpSize();
        if (config.hasClassToken()) {
            normal("cls_token", 0.5, 1, 1, d);
        }
        normal("pos_embed", 0.5, 1, config.tokens() + (config.hasClassToken() ? 1 : 0), d);
        if (config.tokenizer() instanceof Patches patches) {
            normal(
                    "patch_embed.proj.weight",
                    Math.sqrt(1.0 / (3 * patches.size() * patches.size())),
                    d,
                    3,
                    patches.size(),
                    patches.size());
            normal("patch_embed.proj.bias", 0.1, d);
        } else {
            convolutions((Convolutions) config.tokenizer());
        }
        for (int i = 0; i < config.layers(); i++) {
            String block = "blocks." + i + ".";
            norm(block + "norm1");
            dense(block + "attn.qkv", 3 * d, d);
            dense(block + "attn.proj", d, d);
            norm(block + "norm2");
            dense(block + "mlp.fc1", m, d);
            dense(block + "mlp.fc2", d, m);
        }
        norm("norm");
        if (config.pooling() == Pooling.SEQUENCE) {
            dense("sequence_pool", 1, d);
        }
        dense("head", config.classes(), d);
    }

    private void convolutions(Convolutions tokenizer) {
        int in = 3;
        for (int i = 0; i < tokenizer.layers(); i++) {
            int out = i == tokenizer.layers() - 1 ? config.hiddenSize() : tokenizer.channels();
            int k = tokenizer.kernel();
            normal("tokenizer.convs." + i + ".weight", Math.sqrt(2.0 / (in * k * k)), out, in, k, k);
            in = out;
        }
    }

    private void dense(String layer, int out, int in) {
        normal(layer + ".weight", Math.sqrt(2.0 / (in + out)), out, in);
        normal(layer + ".bias", 0.1, out);
    }

    private void norm(String layer) {
        tensors.put(layer + ".weight", tensor(1, 0.1, config.hiddenSize()));
        normal(layer + ".bias", 0.1, config.hiddenSize());
    }

    private void normal(String name, double deviation, long... shape) {
        tensors.put(name, tensor(0, deviation, shape));
    }

    private HostTensor tensor(double mean, double deviation, long... shape) {
        float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return new HostTensor(shape, values);
    }
}
