package io.patchstream.trainer.export;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes dense layers of a float graph static int8, in the QDQ form: a QuantizeLinear and DequantizeLinear pair at the
 * input, an int8 constant with its DequantizeLinear as the kernel, the MatMul as it was. ONNX Runtime runs that as one
 * integer product; a runtime without such kernels runs it in float.
 *
 * <p>Inputs are uint8 with one scale and zero point from calibration, the same for every picture: no frame's label depends
 * on its neighbours, as it does when scales are taken from the batch. Kernels are int8, symmetric, with a scale per output.
 * Convolutions, norms, softmax, GELU, residual sums and the head stay float: they cost accuracy and hardly time.
 *
 * <p>Processors without VNNI add two products in 16 bits and saturate: {@code 2 * 255 * 127} is too much. With weights of 7
 * bits, {@code 2 * 255 * 63}, they get what others get.
 */
final class StaticQuantisation {
    private final OnnxGraph graph;
    private final Map<String, ActivationRange> ranges;
    private final int largest;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, Initializer> initializers;

    private StaticQuantisation(OnnxGraph graph, Map<String, ActivationRange> ranges, int weightBits) {
        this.graph = graph;
        this.ranges = ranges;
        this.largest = (1 << (weightBits - 1)) - 1;
        this.initializers = new LinkedHashMap<>(graph.initializers());
    }

    /**
     * @param ranges of the input of each MatMul that becomes int8, by its name
     * @param weightBits 7 or 8
     */
    static OnnxGraph apply(OnnxGraph graph, Map<String, ActivationRange> ranges, int weightBits) {
        return new StaticQuantisation(graph, ranges, weightBits).apply();
    }

    private OnnxGraph apply() {
        for (OnnxNode node : graph.nodes()) {
            ActivationRange range = ranges.get(node.name());
            nodes.add(range == null ? node : quantised(node, range));
        }
        return new OnnxGraph(graph.name(), graph.inputs(), graph.outputs(), nodes, initializers);
    }

    private OnnxNode quantised(OnnxNode matMul, ActivationRange range) {
        String layer = matMul.name();
        String scale = constant(Initializer.scalar(layer + ".input.scale", range.scale()));
        String zero = constant(
                Initializer.bytes(layer + ".input.zero", ElementType.UINT8, new byte[] {(byte) range.zeroPoint()}));
        String quantised = node(
                "QuantizeLinear",
                layer + ".input.quantised",
                List.of(matMul.inputs().get(0), scale, zero));
        String restored = node("DequantizeLinear", layer + ".input.restored", List.of(quantised, scale, zero));
        return matMul.withInput(0, restored)
                .withInput(1, kernel(layer, matMul.inputs().get(1)));
    }

    /** Replaces a kernel {@code [in, out]} by its int8 form, column by column. */
    private String kernel(String layer, String name) {
        Initializer kernel = initializers.remove(name);
        int in = Math.toIntExact(kernel.shape()[0]);
        int out = Math.toIntExact(kernel.shape()[1]);
        float[] values = kernel.floats();
        float[] scales = new float[out];
        for (int i = 0; i < values.length; i++) {
            scales[i % out] = Math.max(scales[i % out], Math.abs(values[i]) / largest);
        }
        byte[] levels = new byte[values.length];
        for (int column = 0; column < out; column++) {
            // A column of zeros has no scale of its own.
            scales[column] = scales[column] == 0 ? 1 : scales[column];
        }
        for (int i = 0; i < values.length; i++) {
            long level = Math.round((double) values[i] / scales[i % out]);
            levels[i] = (byte) Math.max(-largest, Math.min(largest, level));
        }
        String quantised = constant(Initializer.bytes(name + ".int8", ElementType.INT8, levels, in, out));
        String scale =
                constant(Initializer.floats(name + ".scale", io.patchstream.trainer.tensor.HostTensor.of(scales, out)));
        String zero = constant(Initializer.bytes(name + ".zero", ElementType.INT8, new byte[out], out));
        return node(
                "DequantizeLinear",
                layer + ".weight.restored",
                List.of(quantised, scale, zero),
                Attribute.of("axis", 1L));
    }

    private String constant(Initializer initializer) {
        initializers.put(initializer.name(), initializer);
        return initializer.name();
    }

    private String node(String operator, String name, List<String> inputs, Attribute... attributes) {
        nodes.add(new OnnxNode(operator, OnnxNode.ONNX, name, inputs, List.of(name), List.of(attributes)));
        return name;
    }
}
