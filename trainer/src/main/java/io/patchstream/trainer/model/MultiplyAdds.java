package io.patchstream.trainer.model;

import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.ModelConfig.ResNet;
import io.patchstream.trainer.model.ModelOptions.Mlp;

/** Multiplications with additions of one picture's forward pass, in products of matrices and convolutions alone. */
public final class MultiplyAdds {
    private MultiplyAdds() {}

    /** Of the whole model, with its head. */
    public static long of(ModelConfig config) {
        long d = config.hiddenSize();
        long t = config.tokens() + (long) config.prefixTokens();
        long mlp = (config.options().mlp() == Mlp.GATED ? 3L : 2L) * d * config.mlpSize();
        long relative = config.options().positions() == ModelOptions.Positions.RELATIVE_KEYS ? t * (2 * t - 1) * d : 0;
        long block = t * (4 * d * d + mlp) + 2 * t * t * d + relative;
        long heads = (config.options().distilled() ? 2L : 1L) * config.embeddingSize() * config.classes();
        return tokenizer(config)
                + config.layers() * block
                + pooling(config.pooling(), t, d, config.mlpSize())
                + d * config.options().representation()
                + heads;
    }

    private static long pooling(Pooling pooling, long t, long d, long mlp) {
        return switch (pooling) {
            case MAP -> t * 2 * d * d + 2 * d * d + 2 * t * d + 2 * d * mlp;
            case SEQUENCE -> 2 * t * d;
            case CLASS_TOKEN, MEAN -> 0;
        };
    }

    private static long tokenizer(ModelConfig config) {
        long d = config.hiddenSize();
        if (config.tokenizer() instanceof Patches patches) {
            return config.tokens() * 3L * patches.size() * patches.size() * d;
        }
        if (config.tokenizer() instanceof Convolutions convolutions) {
            return convolutions(convolutions, config.imageSize(), d);
        }
        ResNet net = (ResNet) config.tokenizer();
        long last = net.outputs(net.units().size() - 1);
        long projection = net.hybrid() ? config.tokens() * last * net.patch() * net.patch() * d : 0;
        return trunk(net, config.imageSize()) + projection;
    }

    /** Each convolution keeps the size; the pool after it halves it. */
    private static long convolutions(Convolutions convolutions, long imageSize, long d) {
        long sum = 0;
        long side = imageSize;
        long in = 3;
        for (int i = 0; i < convolutions.layers(); i++) {
            long out = i + 1 < convolutions.layers() ? convolutions.channels() : d;
            sum += side * side * in * out * convolutions.kernel() * convolutions.kernel();
            in = out;
            side = half(side);
        }
        return sum;
    }

    /** A stage's first unit has a shortcut of its own and halves the map in its middle; the first stage's does not halve. */
    private static long trunk(ResNet net, long imageSize) {
        long side = half(imageSize);
        long sum = side * side * 3 * 49 * net.width();
        side = half(side);
        long in = net.width();
        for (int stage = 0; stage < net.units().size(); stage++) {
            long out = net.outputs(stage);
            long middle = out / 4;
            for (int unit = 0; unit < net.units().get(stage); unit++) {
                long before = side * side;
                side = stage > 0 && unit == 0 ? half(side) : side;
                long after = side * side;
                long shortcut = unit == 0 ? in * out : 0;
                sum += before * in * middle + after * (9 * middle * middle + middle * out + shortcut);
                in = out;
            }
        }
        return sum;
    }

    private static long half(long side) {
        return (side + 1) / 2;
    }
}
