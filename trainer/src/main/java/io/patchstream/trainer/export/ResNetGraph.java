package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig.ResNet;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;

/** A {@link ResNet} as a graph. Weights are standardised here, once, in double precision. */
final class ResNetGraph {
    private static final int GROUPS = 32;

    private final ResNet net;
    private final Parameters parameters;
    private final GraphBuilder graph;

    ResNetGraph(ResNet net, Parameters parameters, GraphBuilder graph) {
        this.net = net;
        this.parameters = parameters;
        this.graph = graph;
    }

    /** A map of C channels and S x S places, whose shape is known before it is run. */
    private record Plane(String value, int channels, int side) {}

    /** {@code [B, 3, H, W]} to {@code [B, D, S, S]}. */
    String map(String image, int imageSize, int d) {
        Plane plane = root(new Plane(image, 3, imageSize));
        for (int stage = 0; stage < net.units().size(); stage++) {
            for (int unit = 0; unit < net.units().get(stage); unit++) {
                String name = net.unit(stage, unit);
                int stride = stage > 0 && unit == 0 ? 2 : 1;
                plane = net.hybrid()
                        ? unitAfter(name, plane, net.outputs(stage), stride, unit == 0)
                        : unitBefore(name, plane, net.outputs(stage), stride, unit == 0);
            }
        }
        return net.hybrid()
                ? projection(plane, d)
                : relu(groupNorm("norm", plane)).value();
    }

    private Plane root(Plane image) {
        Plane plane = convolution(net.prefix() + "stem.conv", image, net.width(), 7, 2);
        int[] pads = pads(plane.side(), 3, 2);
        String name = net.prefix() + "stem.pool";
        if (net.hybrid()) {
            plane = relu(groupNorm(net.prefix() + "stem.norm", plane));
            String pooled = pool(name, plane.value(), pads);
            return new Plane(pooled, plane.channels(), halved(plane.side()));
        }
        String pooled = pool(name, plane.value(), new int[] {1, 1, 1, 1});
        String zeros = graph.constant(name + ".zeros", zerosAround(plane.side()));
        return new Plane(
                graph.node("Max", name + ".zero_padded", List.of(pooled, zeros)),
                plane.channels(),
                halved(plane.side()));
    }

    /**
     * BiT pads its pool by zeros, and there is no ReLU before. A Pad node before the pool would say so, but with one ONNX Runtime's
     * logits were wrong by 0.026 (2026-11); so windows that reach over the border take the larger of their maximum and this 0.
     */
    private static HostTensor zerosAround(int side) {
        int to = halved(side);
        float[] least = new float[to * to];
        for (int y = 0; y < to; y++) {
            for (int x = 0; x < to; x++) {
                boolean over = y == 0 || x == 0 || 2 * y + 1 >= side || 2 * x + 1 >= side;
                least[y * to + x] = over ? 0 : -Float.MAX_VALUE;
            }
        }
        return HostTensor.of(least, 1, 1, to, to);
    }

    private String pool(String name, String x, int[] pads) {
        return graph.node(
                "MaxPool",
                name,
                List.of(x),
                Attribute.list("kernel_shape", 3, 3),
                Attribute.list("strides", 2, 2),
                Attribute.list("pads", pads[0], pads[1], pads[2], pads[3]));
    }

    private Plane unitBefore(String name, Plane x, int out, int stride, boolean first) {
        Plane begun = relu(groupNorm(name + "norm1", x));
        Plane shortcut = first ? convolution(name + "downsample.conv", begun, out, 1, stride) : x;
        Plane second = relu(groupNorm(name + "norm2", convolution(name + "conv1", begun, out / 4, 1, 1)));
        Plane third = relu(groupNorm(name + "norm3", convolution(name + "conv2", second, out / 4, 3, stride)));
        return sum(name, convolution(name + "conv3", third, out, 1, 1), shortcut);
    }

    private Plane unitAfter(String name, Plane x, int out, int stride, boolean first) {
        Plane shortcut = first
                ? groupNorm(name + "downsample.norm", convolution(name + "downsample.conv", x, out, 1, stride))
                : x;
        Plane begun = relu(groupNorm(name + "norm1", convolution(name + "conv1", x, out / 4, 1, 1)));
        Plane second = relu(groupNorm(name + "norm2", convolution(name + "conv2", begun, out / 4, 3, stride)));
        Plane third = groupNorm(name + "norm3", convolution(name + "conv3", second, out, 1, 1));
        return relu(sum(name, third, shortcut));
    }

    private Plane sum(String name, Plane left, Plane right) {
        String sum = graph.node("Add", name + "sum", List.of(left.value(), right.value()));
        return new Plane(sum, left.channels(), left.side());
    }

    private Plane relu(Plane x) {
        return new Plane(graph.node("Relu", x.value() + ".relu", List.of(x.value())), x.channels(), x.side());
    }

    private String projection(Plane x, int d) {
        String name = "patch_embed.proj";
        int patch = net.patch();
        HostTensor weight = parameters.get(name + ".weight", d, x.channels(), patch, patch);
        return graph.node(
                "Conv",
                name,
                List.of(
                        x.value(),
                        graph.constant(name + ".weight", weight),
                        graph.constant(name + ".bias", parameters.get(name + ".bias", d))),
                Attribute.list("kernel_shape", patch, patch),
                Attribute.list("strides", patch, patch));
    }

    private Plane convolution(String name, Plane x, int out, int kernel, int stride) {
        HostTensor weight = parameters.get(name + ".weight", out, x.channels(), kernel, kernel);
        int[] pads = pads(x.side(), kernel, stride);
        String value = graph.node(
                "Conv",
                name,
                List.of(x.value(), graph.constant(name + ".weight", standardised(weight))),
                Attribute.list("kernel_shape", kernel, kernel),
                Attribute.list("strides", stride, stride),
                Attribute.list("pads", pads[0], pads[1], pads[2], pads[3]));
        return new Plane(value, out, stride == 1 ? x.side() : halved(x.side()));
    }

    private static int halved(int side) {
        return (side + 1) / 2;
    }

    private int[] pads(int side, int kernel, int stride) {
        int before = net.paddingBefore(side, kernel, stride);
        int after = net.paddingAfter(side, kernel, stride);
        return new int[] {before, before, after, after};
    }

    private HostTensor standardised(HostTensor weight) {
        float[] values = weight.values().clone();
        int row = values.length / Math.toIntExact(weight.dim(0));
        for (int from = 0; from < values.length; from += row) {
            double mean = 0;
            for (int i = from; i < from + row; i++) {
                mean += values[i] / (double) row;
            }
            double variance = 0;
            for (int i = from; i < from + row; i++) {
                variance += (values[i] - mean) * (values[i] - mean) / row;
            }
            double epsilon = net.standardisation().epsilon();
            double deviation =
                    net.standardisation().outside() ? Math.sqrt(variance) + epsilon : Math.sqrt(variance + epsilon);
            for (int i = from; i < from + row; i++) {
                values[i] = (float) ((values[i] - mean) / deviation);
            }
        }
        return new HostTensor(weight.shape(), values);
    }

    /** By instance norms of the groups, then scale and shift of each channel. */
    private Plane groupNorm(String name, Plane x) {
        if (!graph.hasConstant("groups.scale")) {
            float[] ones = new float[GROUPS];
            Arrays.fill(ones, 1);
            graph.constant("groups.scale", HostTensor.of(ones, GROUPS));
            graph.constant("groups.shift", HostTensor.of(new float[GROUPS], GROUPS));
            graph.constant(Initializer.longs("groups.shape", 0, GROUPS, -1));
        }
        String shape = graph.constant(Initializer.longs(name + ".shape", 0, x.channels(), x.side(), x.side()));
        String grouped = graph.node("Reshape", name + ".grouped", List.of(x.value(), "groups.shape"));
        String normed = graph.node(
                "InstanceNormalization",
                name + ".normed",
                List.of(grouped, "groups.scale", "groups.shift"),
                Attribute.of("epsilon", (float) net.groupNormEpsilon()));
        String restored = graph.node("Reshape", name + ".restored", List.of(normed, shape));
        int c = x.channels();
        HostTensor scale = HostTensor.of(parameters.get(name + ".weight", c).values(), c, 1, 1);
        HostTensor shift = HostTensor.of(parameters.get(name + ".bias", c).values(), c, 1, 1);
        String scaled = graph.node("Mul", name + ".scaled", List.of(restored, graph.constant(name + ".weight", scale)));
        return new Plane(graph.node("Add", name, List.of(scaled, graph.constant(name + ".bias", shift))), c, x.side());
    }
}
