package io.patchstream.trainer.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A computation, in data: nodes in the order of execution, and the constants that they use by name. Immutable; a change
 * makes another graph that shares the constants.
 */
record OnnxGraph(
        String name,
        List<GraphValue> inputs,
        List<GraphValue> outputs,
        List<OnnxNode> nodes,
        Map<String, Initializer> initializers) {

    OnnxGraph {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        nodes = List.copyOf(nodes);
        initializers = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(initializers));
    }

    /** The same graph that also gives the values of these names out. */
    OnnxGraph exposing(List<String> values) {
        List<GraphValue> more = new ArrayList<>(outputs);
        for (String value : values) {
            more.add(new GraphValue(value, ElementType.FLOAT, List.of()));
        }
        return new OnnxGraph(name, inputs, more, nodes, initializers);
    }

    /** Bytes of all constants. */
    long weightBytes() {
        return initializers.values().stream().mapToLong(Initializer::byteSize).sum();
    }
}
