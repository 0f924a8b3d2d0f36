package io.patchstream.trainer.export;

import io.patchstream.trainer.export.EncoderOperators.LayerNorm;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.List;

/** The layers that the parts of a graph are made of, each with its parameters as constants. */
final class Layers {
    private final GraphBuilder graph;
    private final Parameters parameters;
    private final ModelConfig config;

    Layers(GraphBuilder graph, Parameters parameters, ModelConfig config) {
        this.graph = graph;
        this.parameters = parameters;
        this.config = config;
    }

    /** {@code x W^T} without its bias. */
    String matMul(String layer, String x, int out, int in) {
        String kernel = graph.constant(layer + ".weight", parameters.kernel(layer + ".weight", out, in));
        return graph.node("MatMul", layer, List.of(x, kernel));
    }

    /** {@code x W^T + b}. */
    String dense(String layer, String x, int out, int in) {
        return graph.node("Add", layer + ".bias_add", List.of(matMul(layer, x, out, in), bias(layer, out)));
    }

    String bias(String layer, int size) {
        return graph.constant(layer + ".bias", parameters.get(layer + ".bias", size));
    }

    /** The kernel of the end of a residual branch, with LayerScale's factors in it: {@code gamma (W x + b)}. */
    String scaledMatMul(String layer, String scale, String x, int out, int in) {
        HostTensor kernel = parameters.kernel(layer + ".weight", out, in);
        String constant = graph.constant(layer + ".weight", scaled(kernel, scale, out));
        return graph.node("MatMul", layer, List.of(x, constant));
    }

    String scaledBias(String layer, String scale, int size) {
        return graph.constant(layer + ".bias", scaled(parameters.get(layer + ".bias", size), scale, size));
    }

    /** Columns times {@code scale}'s gamma, where the model has LayerScale. */
    private HostTensor scaled(HostTensor tensor, String scale, int size) {
        if (config.options().layerScale() == 0) {
            return tensor;
        }
        float[] gamma = parameters.get(scale + ".gamma", size).values();
        float[] values = tensor.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= gamma[i % size];
        }
        return new HostTensor(tensor.shape(), values);
    }

    LayerNorm norm(String layer) {
        int d = config.hiddenSize();
        return new LayerNorm(
                graph.constant(layer + ".weight", parameters.get(layer + ".weight", d)), bias(layer, d), (float)
                        config.layerNormEpsilon());
    }
}
