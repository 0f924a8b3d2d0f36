package io.patchstream.trainer.export;

import io.patchstream.trainer.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts a graph together, front to back. A node with one output gives it the node's own name. */
final class GraphBuilder {
    private final List<GraphValue> inputs = new ArrayList<>();
    private final List<GraphValue> outputs = new ArrayList<>();
    private final Map<String, OnnxNode> nodes = new LinkedHashMap<>();
    private final Map<String, Initializer> initializers = new LinkedHashMap<>();

    String input(String name, ElementType type, Long... shape) {
        inputs.add(new GraphValue(name, type, List.of(shape)));
        return name;
    }

    void output(String name, ElementType type, Long... shape) {
        outputs.add(new GraphValue(name, type, List.of(shape)));
    }

    /** Adds a constant and returns its name. */
    String constant(Initializer initializer) {
        if (initializers.put(initializer.name(), initializer) != null) {
            throw new IllegalStateException("the graph has two constants called " + initializer.name());
        }
        return initializer.name();
    }

    boolean hasConstant(String name) {
        return initializers.containsKey(name);
    }

    String constant(String name, HostTensor tensor) {
        return constant(Initializer.floats(name, tensor));
    }

    /** A standard node with one output, which bears the node's name and is returned. */
    String node(String operator, String name, List<String> nodeInputs, Attribute... attributes) {
        return nodes(operator, OnnxNode.ONNX, name, nodeInputs, List.of(name), attributes)
                .get(0);
    }

    /** A node of ONNX Runtime's own domain with one output, which bears the node's name and is returned. */
    String microsoft(String operator, String name, List<String> nodeInputs, Attribute... attributes) {
        return nodes(operator, OnnxNode.MICROSOFT, name, nodeInputs, List.of(name), attributes)
                .get(0);
    }

    /** A node with outputs of these names, which are returned. */
    List<String> nodes(
            String operator,
            String domain,
            String name,
            List<String> nodeInputs,
            List<String> nodeOutputs,
            Attribute... attributes) {
        OnnxNode node = new OnnxNode(operator, domain, name, nodeInputs, nodeOutputs, List.of(attributes));
        if (nodes.put(name, node) != null) {
            throw new IllegalStateException("the graph has two nodes called " + name);
        }
        return node.outputs();
    }

    OnnxGraph build(String name) {
        return new OnnxGraph(name, inputs, outputs, new ArrayList<>(nodes.values()), initializers);
    }
}
