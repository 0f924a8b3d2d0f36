package io.patchstream.trainer.model;

import io.patchstream.trainer.model.ModelConfig.ResNet;
import io.patchstream.trainer.model.ParameterLayout.Role;

/** The parameters of a {@link ResNet}, in the order of the forward pass, by timm's names. */
final class ResNetLayout {
    /** Takes one parameter after the other. */
    interface Sink {
        void add(String name, Role role, long... shape);
    }

    private final ResNet net;
    private final Sink sink;

    private ResNetLayout(ResNet net, Sink sink) {
        this.net = net;
        this.sink = sink;
    }

    /** Lists the parameters of a network of {@code d} outputs. */
    static void list(ResNet net, long d, Sink sink) {
        new ResNetLayout(net, sink).list(d);
    }

    private void list(long d) {
        sink.add(net.prefix() + "stem.conv.weight", Role.FILTER, net.width(), 3, 7, 7);
        if (net.hybrid()) {
            norm(net.prefix() + "stem.norm", net.width(), false);
        }
        long in = net.width();
        for (int stage = 0; stage < net.units().size(); stage++) {
            for (int unit = 0; unit < net.units().get(stage); unit++) {
                unit(net.unit(stage, unit), in, net.outputs(stage), unit == 0);
                in = net.outputs(stage);
            }
        }
        if (net.hybrid()) {
            sink.add("patch_embed.proj.weight", Role.PATCH_FILTER, d, in, net.patch(), net.patch());
            sink.add("patch_embed.proj.bias", Role.BIAS, d);
        } else {
            norm("norm", in, false);
        }
    }

    private void unit(String name, long in, long out, boolean first) {
        long middle = out / 4;
        if (first) {
            sink.add(name + "downsample.conv.weight", Role.FILTER, out, in, 1, 1);
            if (net.hybrid()) {
                norm(name + "downsample.norm", out, false);
            }
        }
        if (net.hybrid()) {
            sink.add(name + "conv1.weight", Role.FILTER, middle, in, 1, 1);
            norm(name + "norm1", middle, false);
            sink.add(name + "conv2.weight", Role.FILTER, middle, middle, 3, 3);
            norm(name + "norm2", middle, false);
            sink.add(name + "conv3.weight", Role.FILTER, out, middle, 1, 1);
            norm(name + "norm3", out, true);
        } else {
            norm(name + "norm1", in, false);
            sink.add(name + "conv1.weight", Role.FILTER, middle, in, 1, 1);
            norm(name + "norm2", middle, false);
            sink.add(name + "conv2.weight", Role.FILTER, middle, middle, 3, 3);
            norm(name + "norm3", middle, false);
            sink.add(name + "conv3.weight", Role.FILTER, out, middle, 1, 1);
        }
    }

    /** The hybrids' last norm of a branch begins at zero, so that a unit begins as the identity. */
    private void norm(String name, long channels, boolean last) {
        sink.add(name + ".weight", last ? Role.ZERO_SCALE : Role.NORM_SCALE, channels);
        sink.add(name + ".bias", Role.BIAS, channels);
    }
}
