package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ClassDistance;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelOptions;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelContract;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** From the tokens after the last block to embedding, logits and probabilities, and where it is known to the distance. */
final class AnswerGraph {
    private final ModelConfig config;
    private final Parameters parameters;
    private final GraphBuilder graph;
    private final EncoderOperators operators;
    private final double temperature;
    private final Optional<ClassDistance> distance;
    private final Layers layers;
    private final int d;

    AnswerGraph(
            ModelConfig config,
            Parameters parameters,
            GraphBuilder graph,
            EncoderOperators operators,
            double temperature,
            Optional<ClassDistance> distance) {
        this.config = config;
        this.parameters = parameters;
        this.graph = graph;
        this.operators = operators;
        this.temperature = temperature;
        this.distance = distance;
        this.layers = new Layers(graph, parameters, config);
        this.d = config.hiddenSize();
    }

    /** {@code tokens} are {@code [B, T, D]}; those that answer, {@code [B, 1 or 2, D]}, of a class-token model with blocks. */
    void answer(String tokens) {
        String answering = config.hasClassToken() && config.layers() == 0 ? leading(tokens) : tokens;
        String logits = config.options().distilled() ? distilled(answering) : single(answering);
        String inverse = graph.constant(Initializer.scalar("temperature.inverse", (float) (1 / temperature)));
        String cooled = graph.node("Mul", "temperature.mul", List.of(logits, inverse));
        graph.node("Softmax", ModelContract.PROBABILITIES, List.of(cooled), Attribute.of("axis", -1L));
        long k = config.classes();
        graph.output(ModelContract.LOGITS, ElementType.FLOAT, GraphValue.BATCH, k);
        graph.output(ModelContract.PROBABILITIES, ElementType.FLOAT, GraphValue.BATCH, k);
        graph.output(ModelContract.EMBEDDING, ElementType.FLOAT, GraphValue.BATCH, (long) config.embeddingSize());
        distance.ifPresent(this::distance);
    }

    /**
     * {@code min_k |z - m_k|^2} for {@code z = W e + b}, written as {@code min_k ([z^2, z] [1, -2 m_k]^T + |m_k|^2)}: two products
     * and a minimum, E^2 + 2 C E multiplications. All sums are in products of the head's kind, whose bits do not depend on the
     * batch, as those of ReduceSum would.
     */
    private void distance(ClassDistance classes) {
        String name = ModelContract.DISTANCE;
        String whitened = graph.node(
                "Gemm",
                name + ".whitened",
                List.of(
                        ModelContract.EMBEDDING,
                        graph.constant(name + ".weight", classes.weight()),
                        graph.constant(name + ".offset", classes.offset())),
                Attribute.of("transB", 1L));
        String squares = graph.node("Mul", name + ".squares", List.of(whitened, whitened));
        String terms = graph.node("Concat", name + ".terms", List.of(squares, whitened), Attribute.of("axis", 1L));
        int e = classes.size();
        int c = classes.classes();
        float[] means = classes.means().values();
        float[] factors = new float[c * 2 * e];
        float[] norms = new float[c];
        for (int k = 0; k < c; k++) {
            double norm = 0;
            for (int j = 0; j < e; j++) {
                double mean = means[k * e + j];
                factors[k * 2 * e + j] = 1;
                factors[k * 2 * e + e + j] = (float) (-2 * mean);
                norm += mean * mean;
            }
            norms[k] = (float) norm;
        }
        String all = graph.node(
                "Gemm",
                name + ".classes",
                List.of(
                        terms,
                        graph.constant(name + ".factors", HostTensor.of(factors, c, 2L * e)),
                        graph.constant(name + ".norms", HostTensor.of(norms, c))),
                Attribute.of("transB", 1L));
        String axis = graph.constant(Initializer.longs(name + ".axis", 1));
        graph.node("ReduceMin", name, List.of(all, axis), Attribute.of("keepdims", 0L));
        graph.output(name, ElementType.FLOAT, GraphValue.BATCH);
    }

    private String leading(String tokens) {
        String count = graph.constant(Initializer.longs("pool.end", config.answeringTokens()));
        String zero = graph.constant(Initializer.longs("pool.start", 0));
        String axis = graph.constant(Initializer.longs("pool.axis", 1));
        return graph.node("Slice", "pool.leading", List.of(tokens, zero, count, axis));
    }

    private String single(String tokens) {
        return head("head", embedding(pooled(tokens)), ModelContract.LOGITS);
    }

    /** The mean of two heads, each on its own token. */
    private String distilled(String tokens) {
        String represented = represented(tokens);
        String half = graph.constant("pool.halves", HostTensor.of(new float[] {0.5f, 0.5f}, 1, 2));
        reshaped(ModelContract.EMBEDDING, graph.node("MatMul", "pool.sum", List.of(half, represented)));
        List<String> parts = graph.nodes(
                "Split",
                OnnxNode.ONNX,
                "pool.split",
                List.of(represented),
                List.of("pool.class", "pool.distilled"),
                Attribute.of("axis", 1L),
                Attribute.of("num_outputs", 2L));
        String classLogits = head("head", reshaped("pool.class.flat", parts.get(0)), "head.logits");
        String distilled = head("head_dist", reshaped("pool.distilled.flat", parts.get(1)), "head_dist.logits");
        String sum = graph.node("Add", "head.sum", List.of(classLogits, distilled));
        return graph.node(
                "Mul", ModelContract.LOGITS, List.of(sum, graph.constant(Initializer.scalar("head.half", 0.5f))));
    }

    /** One token {@code [B, 1, D]} of the many. */
    private String pooled(String tokens) {
        switch (config.pooling()) {
            case CLASS_TOKEN -> {
                return tokens;
            }
            case MEAN -> {
                float[] equal = new float[config.tokens()];
                Arrays.fill(equal, 1f / equal.length);
                return weightedSum(graph.constant("pool.shares", HostTensor.of(equal, 1, equal.length)), tokens);
            }
            case SEQUENCE -> {
                String scores = layers.dense("sequence_pool", tokens, 1, d);
                String row =
                        graph.node("Transpose", "sequence_pool.row", List.of(scores), Attribute.list("perm", 0, 2, 1));
                return weightedSum(
                        graph.node("Softmax", "sequence_pool.softmax", List.of(row), Attribute.of("axis", -1L)),
                        tokens);
            }
            case MAP -> {
                return attentionPooling(tokens);
            }
            default -> throw new IllegalStateException("no way to pool by " + config.pooling());
        }
    }

    /**
     * {@code [B, 1, T]} or {@code [1, T]} times {@code [B, T, D]}. A product and not ReduceMean or ReduceSum: those take another
     * way through ONNX Runtime for a batch of one, and a picture's bits must not depend on its batch.
     */
    private String weightedSum(String shares, String tokens) {
        return graph.node("MatMul", "pool.sum", List.of(shares, tokens));
    }

    /** The latent's query is the same for every picture, so it is computed here; the batch comes from the tokens. */
    private String attentionPooling(String tokens) {
        String name = "attn_pool";
        String query = graph.constant(name + ".query", query());
        String batch = graph.node(
                "Shape", name + ".batch", List.of(tokens), Attribute.of("start", 0L), Attribute.of("end", 1L));
        String dims = graph.constant(Initializer.longs(name + ".dims", 1, d));
        String shape = graph.node("Concat", name + ".shape", List.of(batch, dims), Attribute.of("axis", 0L));
        String queries = graph.node("Expand", name + ".queries", List.of(query, shape));
        List<String> parts = graph.nodes(
                "Split",
                OnnxNode.ONNX,
                name + ".split",
                List.of(layers.dense(name + ".kv", tokens, 2 * d, d)),
                List.of(name + ".k", name + ".v"),
                Attribute.of("axis", -1L),
                Attribute.of("num_outputs", 2L));
        String attended =
                operators.attention(name, queries, parts.get(0), parts.get(1), config.heads(), Optional.empty());
        String projected = layers.dense(name + ".proj", attended, d, d);
        String normed = operators.layerNorm(name + ".norm", projected, layers.norm(name + ".norm"));
        int m = config.mlpSize();
        String hidden = operators.biasGelu(
                name + ".mlp.act",
                layers.matMul(name + ".mlp.fc1", normed, m, d),
                layers.bias(name + ".mlp.fc1", m),
                config.gelu());
        String mlp = layers.dense(name + ".mlp.fc2", hidden, d, m);
        return graph.node("Add", name + ".sum", List.of(projected, mlp));
    }

    /** {@code W latent + b}, {@code [1, 1, D]}. */
    private HostTensor query() {
        float[] latent = parameters.get("attn_pool.latent", 1, 1, d).values();
        float[] kernel = parameters.get("attn_pool.q.weight", d, d).values();
        float[] bias = parameters.get("attn_pool.q.bias", d).values();
        float[] query = new float[d];
        for (int out = 0; out < d; out++) {
            double sum = bias[out];
            for (int in = 0; in < d; in++) {
                sum += (double) kernel[out * d + in] * latent[in];
            }
            query[out] = (float) sum;
        }
        return HostTensor.of(query, 1, 1, d);
    }

    /** The norm after pooling and the representation layer, where the model has them. */
    private String represented(String pooled) {
        String x = config.options().finalNorm() == ModelOptions.FinalNorm.AFTER_POOLING
                ? operators.layerNorm("fc_norm", pooled, layers.norm("fc_norm"))
                : pooled;
        if (config.options().representation() == 0) {
            return x;
        }
        String dense = layers.dense("pre_logits", x, config.embeddingSize(), d);
        return config.options().representationTanh() ? graph.node("Tanh", "pre_logits.tanh", List.of(dense)) : dense;
    }

    private String embedding(String pooled) {
        return reshaped(ModelContract.EMBEDDING, represented(pooled));
    }

    /** {@code [B, 1, E]} to {@code [B, E]}. */
    private String reshaped(String name, String token) {
        if (!graph.hasConstant("embedding.shape")) {
            graph.constant(Initializer.longs("embedding.shape", -1, config.embeddingSize()));
        }
        return graph.node("Reshape", name, List.of(token, "embedding.shape"));
    }

    private String head(String layer, String embedding, String name) {
        int k = config.classes();
        String weight = graph.constant(layer + ".weight", parameters.get(layer + ".weight", k, config.embeddingSize()));
        return graph.node("Gemm", name, List.of(embedding, weight, layers.bias(layer, k)), Attribute.of("transB", 1L));
    }
}
