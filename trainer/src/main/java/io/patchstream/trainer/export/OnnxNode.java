package io.patchstream.trainer.export;

import java.util.List;

/**
 * One operation of a graph.
 *
 * @param operator its type, such as {@code MatMul}
 * @param domain where the operator is defined: empty for ONNX's own
 * @param name unique in its graph
 * @param inputs names of values; an empty one is an optional input that is left out
 * @param outputs names of values; an empty one is an optional output that is left out
 */
record OnnxNode(
        String operator,
        String domain,
        String name,
        List<String> inputs,
        List<String> outputs,
        List<Attribute> attributes) {
    static final String ONNX = "";
    static final String MICROSOFT = "com.microsoft";

    OnnxNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = List.copyOf(attributes);
    }

    /** The same node with its {@code i}-th input from elsewhere. */
    OnnxNode withInput(int i, String input) {
        List<String> changed = new java.util.ArrayList<>(inputs);
        changed.set(i, input);
        return new OnnxNode(operator, domain, name, changed, outputs, attributes);
    }
}
