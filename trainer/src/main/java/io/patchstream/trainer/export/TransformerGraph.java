package io.patchstream.trainer.export;

import io.patchstream.trainer.export.EncoderOperators.LayerNorm;
import io.patchstream.trainer.export.EncoderOperators.Residual;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Vision Transformer as an ONNX graph: pixels in, logits, probabilities and embedding out, as {@link ModelContract}
 * says. Read {@link #build} for the order; what differs between the flavours is in {@link EncoderOperators}.
 */
final class TransformerGraph {
    private final ModelConfig config;
    private final Parameters parameters;
    private final double temperature;
    private final GraphBuilder graph = new GraphBuilder();
    private final EncoderOperators operators;
    private final int d;

    private TransformerGraph(ModelConfig config, Parameters parameters, Flavour flavour, double temperature) {
        this.config = config;
        this.parameters = parameters;
        this.temperature = temperature;
        this.operators = flavour == Flavour.FUSED ? new FusedOperators(graph) : new PortableOperators(graph);
        this.d = config.hiddenSize();
    }

    /**
     * The float32 model.
     *
     * @param weights by timm's names
     * @throws ExportException when the weights do not fit the configuration
     */
    static OnnxModel of(ModelConfig config, Map<String, HostTensor> weights, ModelContract contract) {
        Parameters parameters = new Parameters(weights);
        TransformerGraph transformer =
                new TransformerGraph(config, parameters, contract.flavour(), contract.temperature());
        OnnxGraph built = transformer.build();
        parameters.requireAllTaken();
        return new OnnxModel(
                built, transformer.operators.opsets(), transformer.operators.irVersion(), contract.toMetadata());
    }

    private OnnxGraph build() {
        long side = config.imageSize();
        String pixels = graph.input(ModelContract.INPUT, ElementType.UINT8, GraphValue.BATCH, side, side, 3L);
        String tokens = addClassToken(tokenize(pixels), pixels);

        String first = nameOfNorm(0);
        Residual stream = operators.addPositionAndNorm(first, tokens, position(), norm(first));
        for (int block = 0; block < config.layers(); block++) {
            stream = encoderBlock(block, stream);
        }
        head(pool(stream.normed()));
        return graph.build(config.name());
    }

    /** {@code [B, H, W, 3]} uint8 to {@code [B, N, D]}. */
    private String tokenize(String pixels) {
        String planes = graph.node("Transpose", "pixels.nchw", List.of(pixels), Attribute.list("perm", 0, 3, 1, 2));
        String floats = graph.node(
                "Cast", "pixels.float", List.of(planes), Attribute.of("to", (long) ElementType.FLOAT.code()));
        String map = config.tokenizer() instanceof Patches patches
                ? patchEmbedding(floats, patches.size())
                : convolutions(floats, (Convolutions) config.tokenizer());
        String shape = graph.constant(Initializer.longs("tokens.shape", 0, d, config.tokens()));
        String flat = graph.node("Reshape", "tokens.flat", List.of(map, shape));
        return graph.node("Transpose", "tokens", List.of(flat), Attribute.list("perm", 0, 2, 1));
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

    /** Normalises explicitly: the padding must be zero after it, so it cannot be folded. */
    private String convolutions(String floats, Convolutions tokenizer) {
        double std = config.normalisation().std();
        String scale = graph.constant(Initializer.scalar("normalise.scale", (float) (1 / (255 * std))));
        String shift = graph.constant(Initializer.scalar(
                "normalise.shift", (float) (-config.normalisation().mean() / std)));
        String map = graph.node(
                "Add", "normalise.add", List.of(graph.node("Mul", "normalise.mul", List.of(floats, scale)), shift));
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

    /** {@code [B, N, D]} to {@code [B, T, D]}. */
    private String addClassToken(String tokens, String pixels) {
        if (!config.hasClassToken()) {
            return tokens;
        }
        String token = graph.constant("cls_token", parameters.get("cls_token", 1, config.prefixTokens(), d));
        String batch = graph.node(
                "Shape", "cls_token.batch", List.of(pixels), Attribute.of("start", 0L), Attribute.of("end", 1L));
        String dims = graph.constant(Initializer.longs("cls_token.dims", config.prefixTokens(), d));
        String shape = graph.node("Concat", "cls_token.shape", List.of(batch, dims), Attribute.of("axis", 0L));
        String tokenPerPicture = graph.node("Expand", "cls_token.expand", List.of(token, shape));
        return graph.node("Concat", "cls_token.concat", List.of(tokenPerPicture, tokens), Attribute.of("axis", 1L));
    }

    private String position() {
        int count = config.tokens() + config.prefixTokens();
        return graph.constant("pos_embed", parameters.get("pos_embed", 1, count, d));
    }

    /** Takes the stream and its first norm; gives the stream and the norm that comes next. */
    private Residual encoderBlock(int block, Residual stream) {
        String name = "blocks." + block;
        String qkv = graph.node(
                "Add",
                name + ".attn.qkv.bias_add",
                List.of(matMul(name + ".attn.qkv", stream.normed(), 3 * d, d), bias(name + ".attn.qkv", 3 * d)));
        List<String> parts = graph.nodes(
                "Split",
                OnnxNode.ONNX,
                name + ".attn.split",
                List.of(qkv),
                List.of(name + ".attn.q", name + ".attn.k", name + ".attn.v"),
                Attribute.of("axis", -1L),
                Attribute.of("num_outputs", 3L));
        String queries = parts.get(0);
        String residual = stream.sum();
        if (block == config.layers() - 1 && config.hasClassToken()) {
            queries = classTokenOf(queries);
            residual = classTokenOf(residual);
        }
        String attended = operators.attention(name + ".attn", queries, parts.get(1), parts.get(2), config.heads());
        Residual afterAttention = operators.addAndNorm(
                name + ".norm2",
                matMul(name + ".attn.proj", attended, d, d),
                bias(name + ".attn.proj", d),
                residual,
                norm(name + ".norm2"));

        int m = config.mlpSize();
        String hidden = operators.biasGelu(
                name + ".mlp.act",
                matMul(name + ".mlp.fc1", afterAttention.normed(), m, d),
                bias(name + ".mlp.fc1", m),
                config.gelu());
        String next = nameOfNorm(block + 1);
        return operators.addAndNorm(
                next,
                matMul(name + ".mlp.fc2", hidden, d, m),
                bias(name + ".mlp.fc2", d),
                afterAttention.sum(),
                norm(next));
    }

    /**
     * {@code [B, T, D]} to {@code [B, 1, D]}. Nothing after the last attention looks at the other tokens, so the last block asks
     * for the class token only: the same result for three quarters of a block less.
     */
    private String classTokenOf(String tokens) {
        if (!graph.hasConstant("cls_token.index")) {
            graph.constant(Initializer.longs("cls_token.index", 0));
        }
        return graph.node(
                "Gather", tokens + ".cls_token", List.of(tokens, "cls_token.index"), Attribute.of("axis", 1L));
    }

    private String nameOfNorm(int block) {
        return block == config.layers() ? "norm" : "blocks." + block + ".norm1";
    }

    /** The embedding {@code [B, D]} of the normed tokens. */
    private String pool(String tokens) {
        switch (config.pooling()) {
            case CLASS_TOKEN -> {
                return embedding(config.layers() == 0 ? classTokenOf(tokens) : tokens);
            }
            case MEAN -> {
                float[] equal = new float[config.tokens()];
                java.util.Arrays.fill(equal, 1f / equal.length);
                return weightedSum(graph.constant("pool.shares", HostTensor.of(equal, 1, equal.length)), tokens);
            }
            case SEQUENCE -> {
                String scores = graph.node(
                        "Add",
                        "sequence_pool.scores",
                        List.of(matMul("sequence_pool", tokens, 1, d), bias("sequence_pool", 1)));
                String row =
                        graph.node("Transpose", "sequence_pool.row", List.of(scores), Attribute.list("perm", 0, 2, 1));
                return weightedSum(
                        graph.node("Softmax", "sequence_pool.softmax", List.of(row), Attribute.of("axis", -1L)),
                        tokens);
            }
            default -> throw new IllegalStateException("no way to pool by " + config.pooling());
        }
    }

    /**
     * {@code [B, 1, T]} or {@code [1, T]} times {@code [B, T, D]}. A product and not ReduceMean or ReduceSum: those take another
     * way through ONNX Runtime for a batch of one, and a picture's bits must not depend on its batch.
     */
    private String weightedSum(String shares, String tokens) {
        return embedding(graph.node("MatMul", "pool.sum", List.of(shares, tokens)));
    }

    /** {@code [B, 1, D]} to {@code [B, D]}. */
    private String embedding(String pooled) {
        String shape = graph.constant(Initializer.longs("embedding.shape", -1, d));
        return graph.node("Reshape", ModelContract.EMBEDDING, List.of(pooled, shape));
    }

    private void head(String embedding) {
        int k = config.classes();
        String weight = graph.constant("head.weight", parameters.get("head.weight", k, d));
        String logits = graph.node(
                "Gemm", ModelContract.LOGITS, List.of(embedding, weight, bias("head", k)), Attribute.of("transB", 1L));
        String inverse = graph.constant(Initializer.scalar("temperature.inverse", (float) (1 / temperature)));
        String cooled = graph.node("Mul", "temperature.mul", List.of(logits, inverse));
        graph.node("Softmax", ModelContract.PROBABILITIES, List.of(cooled), Attribute.of("axis", -1L));
        graph.output(ModelContract.LOGITS, ElementType.FLOAT, GraphValue.BATCH, (long) k);
        graph.output(ModelContract.PROBABILITIES, ElementType.FLOAT, GraphValue.BATCH, (long) k);
        graph.output(ModelContract.EMBEDDING, ElementType.FLOAT, GraphValue.BATCH, (long) d);
    }

    private String matMul(String layer, String x, int out, int in) {
        String kernel = graph.constant(layer + ".weight", parameters.kernel(layer + ".weight", out, in));
        return graph.node("MatMul", layer, List.of(x, kernel));
    }

    private String bias(String layer, int size) {
        return graph.constant(layer + ".bias", parameters.get(layer + ".bias", size));
    }

    private LayerNorm norm(String layer) {
        return new LayerNorm(
                graph.constant(layer + ".weight", parameters.get(layer + ".weight", d)), bias(layer, d), (float)
                        config.layerNormEpsilon());
    }

    /** The dense layers of the encoder, by node name, in the order of execution: what int8 applies to. */
    static List<String> denseLayers(ModelConfig config) {
        List<String> names = new ArrayList<>();
        for (int block = 0; block < config.layers(); block++) {
            for (String layer : List.of("attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2")) {
                names.add("blocks." + block + "." + layer);
            }
        }
        return names;
    }
}
