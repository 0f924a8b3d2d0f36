package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.vision.model.ModelContract;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes a float graph half precision, for GPUs: weights and all that lies between tokens and logits are fp16. Inputs and
 * outputs stay as the contract has them.
 *
 * <p>Float32 stays what halves would spoil: the way from pixels to tokens, whose filter has the factor 1/255 in it and would
 * fall among the subnormals, the softmax over classes, and the distance to them. Layer norms and the softmax of attention take and give halves and
 * compute in float32 inside of their kernels; a layer norm says so ({@code stash_type} 1, its default).
 */
final class HalfPrecision {
    private static final String HALF = ".half";

    private final OnnxGraph graph;
    private final String boundary;
    private final Set<String> single = new HashSet<>();
    private final Set<String> outputs = new HashSet<>();
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, Initializer> initializers;

    private HalfPrecision(OnnxGraph graph, String boundary) {
        this.graph = graph;
        this.boundary = boundary;
        this.initializers = new LinkedHashMap<>(graph.initializers());
        graph.outputs().forEach(output -> outputs.add(output.name()));
        addWhatLeadsTo(boundary);
        addWhatFollowsOn(ModelContract.LOGITS);
        // Whitening makes the smallest differences of embeddings large: halves would overflow, and have too few digits.
        graph.nodes().stream()
                .filter(node -> node.name().startsWith(ModelContract.DISTANCE))
                .forEach(node -> single.add(node.name()));
    }

    /** The node of a model's graph whose result is the first that may be half. */
    static String boundary(ModelConfig config) {
        return config.tokenizer() instanceof ModelConfig.Patches ? "tokens" : "normalise.add";
    }

    /**
     * The graph in half precision.
     *
     * @throws ExportException when a weight is larger than any half; the message names it
     */
    static OnnxGraph of(OnnxGraph graph, String boundary) {
        HalfPrecision half = new HalfPrecision(graph, boundary);
        for (OnnxNode node : graph.nodes()) {
            half.convert(node);
        }
        return half.built();
    }

    /**
     * A float graph that rounds every intermediate result to a half, as a GPU does that keeps them so: what {@link #of} may give
     * there. A processor without kernels for halves computes that in float32, and does not round in between.
     */
    static OnnxGraph rounded(OnnxGraph graph, String boundary) {
        HalfPrecision half = new HalfPrecision(graph, boundary);
        Set<String> whole = half.integers();
        for (OnnxNode node : graph.nodes()) {
            half.round(node, whole);
        }
        return half.built();
    }

    private OnnxGraph built() {
        return new OnnxGraph(graph.name(), graph.inputs(), graph.outputs(), nodes, initializers);
    }

    private void addWhatLeadsTo(String value) {
        Set<String> wanted = new HashSet<>(Set.of(value));
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            OnnxNode node = graph.nodes().get(i);
            if (node.outputs().stream().anyMatch(wanted::contains)) {
                single.add(node.name());
                wanted.addAll(node.inputs());
            }
        }
    }

    private void addWhatFollowsOn(String value) {
        Set<String> reached = new HashSet<>(Set.of(value));
        for (OnnxNode node : graph.nodes()) {
            if (node.inputs().stream().anyMatch(reached::contains)) {
                single.add(node.name());
                reached.addAll(node.outputs());
            }
        }
    }

    private void convert(OnnxNode node) {
        if (single.contains(node.name())) {
            nodes.add(node);
            if (node.outputs().contains(boundary)) {
                nodes.add(cast(boundary, boundary + HALF, ElementType.FLOAT16));
            }
            return;
        }
        List<String> inputs = node.inputs().stream()
                .map(input -> isRenamed(input) ? input + HALF : input)
                .toList();
        inputs.forEach(this::halve);
        nodes.add(with(
                node,
                inputs,
                node.outputs().stream()
                        .map(output -> isRenamed(output) ? output + HALF : output)
                        .toList()));
        node.outputs().stream()
                .filter(this::isRenamed)
                .forEach(output -> nodes.add(cast(output + HALF, output, ElementType.FLOAT)));
    }

    /** What float nodes or the graph's readers want as float32 as well. */
    private boolean isRenamed(String value) {
        return value.equals(boundary) || outputs.contains(value);
    }

    private void halve(String constant) {
        Initializer initializer = initializers.get(constant);
        if (initializer != null && initializer.type() == ElementType.FLOAT) {
            initializers.put(constant, initializer.halved());
        }
    }

    private void round(OnnxNode node, Set<String> whole) {
        boolean last = node.outputs().contains(boundary);
        if (single.contains(node.name()) && !last
                || whole.contains(node.outputs().get(0))) {
            nodes.add(node);
            return;
        }
        if (!last) {
            node.inputs().forEach(this::roundConstant);
        }
        List<String> exact = node.outputs().stream()
                .map(output -> output.isEmpty() ? output : output + ".exact")
                .toList();
        nodes.add(with(node, node.inputs(), exact));
        for (String output : node.outputs()) {
            if (!output.isEmpty()) {
                nodes.add(cast(output + ".exact", output + HALF, ElementType.FLOAT16));
                nodes.add(cast(output + HALF, output, ElementType.FLOAT));
            }
        }
    }

    private void roundConstant(String constant) {
        Initializer initializer = initializers.get(constant);
        if (initializer != null && initializer.type() == ElementType.FLOAT) {
            initializers.put(constant, initializer.halved().widened());
        }
    }

    /** Values that are shapes: those of Shape, and what is made of them and of whole constants alone. */
    private Set<String> integers() {
        Set<String> whole = new HashSet<>();
        graph.initializers().values().stream()
                .filter(constant -> constant.type() == ElementType.INT64)
                .forEach(constant -> whole.add(constant.name()));
        for (OnnxNode node : graph.nodes()) {
            if (node.operator().equals("Shape") || whole.containsAll(node.inputs())) {
                whole.addAll(node.outputs());
            }
        }
        return whole;
    }

    private static OnnxNode with(OnnxNode node, List<String> inputs, List<String> nodeOutputs) {
        return new OnnxNode(node.operator(), node.domain(), node.name(), inputs, nodeOutputs, node.attributes());
    }

    private static OnnxNode cast(String from, String to, ElementType type) {
        return new OnnxNode(
                "Cast", OnnxNode.ONNX, to + ".cast", List.of(from), List.of(to), List.of(Attribute.of("to", (long)
                        type.code())));
    }
}
