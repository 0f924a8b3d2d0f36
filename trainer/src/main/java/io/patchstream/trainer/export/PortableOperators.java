package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** ONNX's own operators only, as of opset 23, which brought Attention. */
final class PortableOperators implements EncoderOperators {
    private final GraphBuilder graph;

    PortableOperators(GraphBuilder graph) {
        this.graph = graph;
    }

    @Override
    public SortedMap<String, Long> opsets() {
        return new TreeMap<>(Map.of(OnnxNode.ONNX, 23L));
    }

    @Override
    public int irVersion() {
        return 11;
    }

    @Override
    public Residual addPositionAndNorm(String name, String tokens, String position, LayerNorm norm) {
        String sum = graph.node("Add", name + ".sum", List.of(tokens, position));
        return new Residual(sum, layerNorm(name, sum, norm));
    }

    @Override
    public Residual addAndNorm(String name, String projection, String bias, String residual, LayerNorm norm) {
        String biased = graph.node("Add", name + ".bias_add", List.of(projection, bias));
        String sum = graph.node("Add", name + ".sum", List.of(biased, residual));
        return new Residual(sum, layerNorm(name, sum, norm));
    }

    @Override
    public String attention(String name, String queries, String keys, String values, int heads, Optional<String> bias) {
        List<String> inputs = new ArrayList<>(List.of(queries, keys, values));
        bias.ifPresent(inputs::add);
        return graph.node(
                "Attention", name, inputs, Attribute.of("q_num_heads", heads), Attribute.of("kv_num_heads", heads));
    }

    @Override
    public String biasGelu(String name, String x, String bias, ModelConfig.Gelu form) {
        String biased = graph.node("Add", name + ".bias_add", List.of(x, bias));
        if (form == ModelConfig.Gelu.QUICK) {
            String slope = graph.constant(Initializer.scalar(name + ".slope", 1.702f));
            String steep = graph.node("Mul", name + ".steep", List.of(biased, slope));
            return graph.node("Mul", name, List.of(biased, graph.node("Sigmoid", name + ".sigmoid", List.of(steep))));
        }
        return graph.node(
                "Gelu",
                name,
                List.of(biased),
                Attribute.of("approximate", form == ModelConfig.Gelu.ERF ? "none" : "tanh"));
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
}
