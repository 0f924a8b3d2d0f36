package io.patchstream.trainer.export;

import io.patchstream.trainer.export.EncoderOperators.Residual;
import io.patchstream.trainer.model.ClassDistance;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelOptions;
import io.patchstream.trainer.model.ModelOptions.PositionsAt;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The Vision Transformer as an ONNX graph: pixels in, logits, probabilities and embedding out, as {@link ModelContract}
 * says. Read {@link #build} for the order; what differs between the flavours is in {@link EncoderOperators}.
 */
final class TransformerGraph {
    private final ModelConfig config;
    private final Parameters parameters;
    private final double temperature;
    private final Optional<ClassDistance> distance;
    private final GraphBuilder graph = new GraphBuilder();
    private final EncoderOperators operators;
    private final Layers layers;
    private final PositionTable positions;
    private final int d;

    private TransformerGraph(
            ModelConfig config,
            Parameters parameters,
            Flavour flavour,
            double temperature,
            Optional<ClassDistance> distance) {
        this.config = config;
        this.parameters = parameters;
        this.temperature = temperature;
        this.distance = distance;
        this.operators = flavour == Flavour.FUSED ? new FusedOperators(graph) : new PortableOperators(graph);
        this.layers = new Layers(graph, parameters, config);
        this.positions = new PositionTable(config, parameters);
        this.d = config.hiddenSize();
    }

    /**
     * The float32 model.
     *
     * @param weights by timm's names
     * @throws ExportException when the weights do not fit the configuration
     */
    static OnnxModel of(ModelConfig config, Map<String, HostTensor> weights, ModelContract contract) {
        return of(config, weights, contract, Optional.empty());
    }

    /** The float32 model that also tells how far pictures are from its classes. */
    static OnnxModel of(
            ModelConfig config,
            Map<String, HostTensor> weights,
            ModelContract contract,
            Optional<ClassDistance> distance) {
        Parameters parameters = new Parameters(weights);
        TransformerGraph transformer =
                new TransformerGraph(config, parameters, contract.flavour(), contract.temperature(), distance);
        OnnxGraph built = transformer.build();
        parameters.requireAllTaken();
        return new OnnxModel(
                built, transformer.operators.opsets(), transformer.operators.irVersion(), contract.toMetadata());
    }

    private OnnxGraph build() {
        long side = config.imageSize();
        String pixels = graph.input(ModelContract.INPUT, ElementType.UINT8, GraphValue.BATCH, side, side, 3L);
        String tokens = addClassToken(new TokenizerGraph(config, parameters, graph).tokens(pixels), pixels);

        Residual stream = begin(tokens);
        for (int block = 0; block < config.layers(); block++) {
            stream = encoderBlock(block, stream);
        }
        new AnswerGraph(config, parameters, graph, operators, temperature, distance).answer(stream.normed());
        return graph.build(config.name());
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

    /** The stream before the first block, and its norm. */
    private Residual begin(String tokens) {
        String first = nameOfNorm(0);
        Optional<HostTensor> table = positions.atInput();
        if (config.options().preNorm()) {
            String sum = table.isPresent()
                    ? graph.node("Add", "pos_embed.sum", List.of(tokens, graph.constant("pos_embed", table.get())))
                    : tokens;
            String normed = operators.layerNorm("norm_pre", sum, layers.norm("norm_pre"));
            return entering(0, normed);
        }
        return table.isPresent() && !first.isEmpty()
                ? operators.addPositionAndNorm(
                        first, tokens, graph.constant("pos_embed", table.get()), layers.norm(first))
                : entering(0, tokens);
    }

    /** The stream that comes to a block, or to the answer: with positions where the block adds some, and its norm. */
    private Residual entering(int block, String tokens) {
        String norm = nameOfNorm(block);
        return positionsBefore(block)
                .map(position -> operators.addPositionAndNorm(norm, tokens, position, layers.norm(norm)))
                .orElseGet(() -> withoutSum(norm, tokens));
    }

    private Optional<String> positionsBefore(int block) {
        if (block == config.layers()) {
            return Optional.empty();
        }
        String name = "blocks." + block + ".pos_embed";
        return positions.before(block).map(table -> graph.constant(name, table));
    }

    private Residual withoutSum(String norm, String tokens) {
        return new Residual(tokens, norm.isEmpty() ? tokens : operators.layerNorm(norm, tokens, layers.norm(norm)));
    }

    /** Takes the stream and its first norm; gives the stream and the norm that comes next. */
    private Residual encoderBlock(int block, Residual stream) {
        String name = "blocks." + block;
        String qkv = config.options().qkvBias()
                ? layers.dense(name + ".attn.qkv", stream.normed(), 3 * d, d)
                : layers.matMul(name + ".attn.qkv", stream.normed(), 3 * d, d);
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
        if (isAlone(block)) {
            queries = answeringTokensOf(queries);
            residual = answeringTokensOf(residual);
        }
        String attended = operators.attention(
                name + ".attn",
                queries,
                parts.get(1),
                parts.get(2),
                config.heads(),
                attentionBias(name, queries, block));
        Residual afterAttention = operators.addAndNorm(
                name + ".norm2",
                layers.scaledMatMul(name + ".attn.proj", name + ".ls1", attended, d, d),
                layers.scaledBias(name + ".attn.proj", name + ".ls1", d),
                residual,
                layers.norm(name + ".norm2"));

        String hidden = hidden(name + ".mlp", afterAttention.normed());
        String projection = layers.scaledMatMul(name + ".mlp.fc2", name + ".ls2", hidden, d, config.mlpSize());
        String bias = layers.scaledBias(name + ".mlp.fc2", name + ".ls2", d);
        String next = nameOfNorm(block + 1);
        if (next.isEmpty() || block + 1 < config.layers() && config.options().positionsAt() != PositionsAt.INPUT) {
            String biased = graph.node("Add", name + ".mlp.fc2.bias_add", List.of(projection, bias));
            String sum = graph.node("Add", name + ".sum", List.of(biased, afterAttention.sum()));
            return entering(block + 1, sum);
        }
        return operators.addAndNorm(next, projection, bias, afterAttention.sum(), layers.norm(next));
    }

    /** {@code [B, T, D]} to {@code [B, T, M]}. */
    private String hidden(String name, String x) {
        int m = config.mlpSize();
        if (config.options().mlp() == ModelOptions.Mlp.PLAIN) {
            String product = layers.matMul(name + ".fc1", x, m, d);
            return operators.biasGelu(name + ".act", product, layers.bias(name + ".fc1", m), config.gelu());
        }
        List<String> halves = graph.nodes(
                "Split",
                OnnxNode.ONNX,
                name + ".split",
                List.of(layers.dense(name + ".fc1", x, 2 * m, d)),
                List.of(name + ".gate", name + ".value"),
                Attribute.of("axis", -1L),
                Attribute.of("num_outputs", 2L));
        String sigmoid = graph.node("Sigmoid", name + ".sigmoid", List.of(halves.get(0)));
        String silu = graph.node("Mul", name + ".silu", List.of(halves.get(0), sigmoid));
        return graph.node("Mul", name + ".gated", List.of(silu, halves.get(1)));
    }

    /** Whether the block computes for the answering tokens only. */
    private boolean isAlone(int block) {
        return block == config.layers() - 1 && config.hasClassToken();
    }

    /** What is added to attention's scores, {@code [1 or B, h, Tq, T]}, by relative positions. */
    private Optional<String> attentionBias(String name, String queries, int block) {
        int count = isAlone(block) ? config.answeringTokens() : config.tokens() + config.prefixTokens();
        if (config.options().positions() == ModelOptions.Positions.RELATIVE_KEYS) {
            return Optional.of(new RelativeKeyGraph(config, parameters, graph).bias(name + ".", queries, count));
        }
        return positions.attentionBias(name + ".", count).map(bias -> graph.constant(name + ".attn.bias", bias));
    }

    /**
     * {@code [B, T, D]} to {@code [B, 1, D]}, or 2 when distilled. Nothing after the last attention looks at the other tokens,
     * so the last block asks for the class token only: the same result for three quarters of a block less.
     */
    private String answeringTokensOf(String tokens) {
        if (!graph.hasConstant("cls_token.index")) {
            graph.constant(Initializer.longs(
                    "cls_token.index",
                    LongStream.range(0, config.answeringTokens()).toArray()));
        }
        return graph.node(
                "Gather", tokens + ".cls_token", List.of(tokens, "cls_token.index"), Attribute.of("axis", 1L));
    }

    /** The norm before a block, or after the last; empty where there is none. */
    private String nameOfNorm(int block) {
        if (block == config.layers()) {
            return config.normsTokens() ? "norm" : "";
        }
        return "blocks." + block + ".norm1";
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
