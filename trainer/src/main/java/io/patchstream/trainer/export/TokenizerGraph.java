package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.ResNet;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.List;

/** From pixels to image tokens, by each of the tokenizers. */
final class TokenizerGraph {
    private final ModelConfig config;
    private final Parameters parameters;
    private final GraphBuilder graph;
    private final int d;

    TokenizerGraph(ModelConfig config, Parameters parameters, GraphBuilder graph) {
        this.config = config;
        this.parameters = parameters;
        this.graph = graph;
        this.d = config.hiddenSize();
    }

    /** {@code [B, H, W, 3]} uint8 to {@code [B, N, D]}. */
    String tokens(String pixels) {
        String planes = graph.node("Transpose", "pixels.nchw", List.of(pixels), Attribute.list("perm", 0, 3, 1, 2));
        String floats = graph.node(
                "Cast", "pixels.float", List.of(planes), Attribute.of("to", (long) ElementType.FLOAT.code()));
        String map = map(floats);
        String shape = graph.constant(Initializer.longs("tokens.shape", 0, d, config.tokens()));
        String flat = graph.node("Reshape", "tokens.flat", List.of(map, shape));
        return graph.node("Transpose", "tokens", List.of(flat), Attribute.list("perm", 0, 2, 1));
    }

    private String map(String floats) {
        if (config.tokenizer() instanceof Patches patches) {
            return patchEmbedding(floats, patches.size());
        }
        return config.tokenizer() instanceof ResNet net
                ? new ResNetGraph(net, parameters, graph).map(normalised(floats), config.imageSize(), d)
                : convolutions(normalised(floats), (Convolutions) config.tokenizer());
    }

    /**
     * One convolution of stride P with the normalisation folded in: {@code w' = w / (255 std)},
     * {@code b' = b - mean / std * sum(w)}. Exact, for no patch sees padding.
     */
    private String patchEmbedding(String floats, int patch) {
        float[] kernel =
                parameters.get("patch_embed.proj.weight", d, 3, patch, patch).values();
        float[] bias = parameters.get("patch_embed.proj.bias", d).values();
        double mean = config.normalisation().mean();
        double std = config.normalisation().std();
        float[] foldedKernel = new float[kernel.length];
        float[] foldedBias = new float[d];
        int perOutput = kernel.length / d;
        for (int out = 0; out < d; out++) {
            double sum = 0;
            for (int i = out * perOutput; i < (out + 1) * perOutput; i++) {
                sum += kernel[i];
                foldedKernel[i] = (float) (kernel[i] / (255 * std));
            }
            foldedBias[out] = (float) (bias[out] - mean / std * sum);
        }
        return graph.node(
                "Conv",
                "patch_embed.proj",
                List.of(
                        floats,
                        graph.constant("patch_embed.proj.weight", HostTensor.of(foldedKernel, d, 3, patch, patch)),
                        graph.constant("patch_embed.proj.bias", HostTensor.of(foldedBias, d))),
                Attribute.list("kernel_shape", patch, patch),
                Attribute.list("strides", patch, patch));
    }

    /** Explicitly: the padding must be zero after it, so it cannot be folded. */
    private String normalised(String floats) {
        double std = config.normalisation().std();
        String scale = graph.constant(Initializer.scalar("normalise.scale", (float) (1 / (255 * std))));
        String shift = graph.constant(Initializer.scalar(
                "normalise.shift", (float) (-config.normalisation().mean() / std)));
        return graph.node(
                "Add", "normalise.add", List.of(graph.node("Mul", "normalise.mul", List.of(floats, scale)), shift));
    }

    private String convolutions(String normalised, Convolutions tokenizer) {
        String map = normalised;
        int kernel = tokenizer.kernel();
        int padding = kernel / 2;
        int channels = 3;
        for (int i = 0; i < tokenizer.layers(); i++) {
            int outputs = i == tokenizer.layers() - 1 ? d : tokenizer.channels();
            String name = "tokenizer.convs." + i;
            HostTensor weight = parameters.get(name + ".weight", outputs, channels, kernel, kernel);
            map = graph.node(
                    "Conv",
                    name,
                    List.of(map, graph.constant(name + ".weight", weight)),
                    Attribute.list("kernel_shape", kernel, kernel),
                    Attribute.list("pads", padding, padding, padding, padding));
            map = graph.node("Relu", name + ".relu", List.of(map));
            map = graph.node(
                    "MaxPool",
                    name + ".pool",
                    List.of(map),
                    Attribute.list("kernel_shape", 3, 3),
                    Attribute.list("strides", 2, 2),
                    Attribute.list("pads", 1, 1, 1, 1));
            channels = outputs;
        }
        return map;
    }
}
