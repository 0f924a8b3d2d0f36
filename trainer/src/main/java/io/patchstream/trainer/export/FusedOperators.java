package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * ONNX Runtime's own fused kernels. Its optimiser finds neither the attention nor the residual sums of a pre-norm
 * transformer by itself, so they are written here.
 */
final class FusedOperators implements EncoderOperators {
    private static final Attribute ALPHA = Attribute.of("alpha", 1.702f);

    private final GraphBuilder graph;

    FusedOperators(GraphBuilder graph) {
        this.graph = graph;
    }

    @Override
    public SortedMap<String, Long> opsets() {
        return new TreeMap<>(Map.of(OnnxNode.ONNX, 21L, OnnxNode.MICROSOFT, 1L));
    }

    @Override
    public int irVersion() {
        return 10;
    }

    @Override
    public Residual addPositionAndNorm(String name, String tokens, String position, LayerNorm norm) {
        return skipLayerNorm(name, norm, List.of(tokens, position, norm.weight(), norm.bias()));
    }

    @Override
    public Residual addAndNorm(String name, String projection, String bias, String residual, LayerNorm norm) {
        return skipLayerNorm(name, norm, List.of(projection, residual, norm.weight(), norm.bias(), bias));
    }

    /** With its fourth output, the sum, which the next residual needs. */
    private Residual skipLayerNorm(String name, LayerNorm norm, List<String> inputs) {
        List<String> outputs = graph.nodes(
                "SkipLayerNormalization",
                OnnxNode.MICROSOFT,
                name,
                inputs,
                List.of(name, "", "", name + ".sum"),
                Attribute.of("epsilon", norm.epsilon()));
        return new Residual(outputs.get(3), outputs.get(0));
    }

    @Override
    public String layerNorm(String name, String x, LayerNorm norm) {
        return graph.node(
                "LayerNormalization",
                name,
                List.of(x, norm.weight(), norm.bias()),
                Attribute.of("axis", -1L),
                Attribute.of("epsilon", norm.epsilon()));
    }

    @Override
    public String attention(String name, String queries, String keys, String values, int heads, Optional<String> bias) {
        List<String> inputs = new ArrayList<>(List.of(queries, keys, values));
        // Between values and the bias of scores come a bias of inputs and a mask, which are left out.
        bias.ifPresent(scores -> inputs.addAll(List.of("", "", scores)));
        return graph.microsoft("MultiHeadAttention", name, inputs, Attribute.of("num_heads", heads));
    }

    @Override
    public String biasGelu(String name, String x, String bias, ModelConfig.Gelu form) {
        return switch (form) {
            case ERF -> graph.microsoft("BiasGelu", name, List.of(x, bias));
            case TANH -> graph.microsoft("FastGelu", name, List.of(x, bias));
            case QUICK ->
                graph.microsoft(
                        "QuickGelu", name, List.of(graph.node("Add", name + ".bias_add", List.of(x, bias))), ALPHA);
        };
    }
}
