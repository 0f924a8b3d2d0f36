package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A ResNet with group norms and standardised weights as a source of tokens: each place of its last map is one.
 * {@link ModelConfig.ResNet#hybrid()} says which of the two kinds: the hybrids' (Dosovitskiy et al. 2021: activations after
 * the norms, SAME padding) or BiT's (Kolesnikov et al. 2020, V2: norms and activations before the convolutions, even padding, zeros
 * around the first max pool).
 */
final class ResidualNetwork implements TokenSource {
    private static final long GROUPS = 32;
    private static final long[] NONE = {0, 0};
    private static final long[] ONE = {1, 1};

    private final Weights weights;
    private final ModelConfig.ResNet net;

    ResidualNetwork(Weights weights, ModelConfig.ResNet net) {
        this.weights = weights;
        this.net = net;
    }

    @Override
    public Tensor tokens(Tensor image) {
        Tensor map = root(image); // [B, width, H/4, W/4]
        for (int stage = 0; stage < net.units().size(); stage++) {
            for (int unit = 0; unit < net.units().get(stage); unit++) {
                String name = net.unit(stage, unit);
                int stride = stage > 0 && unit == 0 ? 2 : 1;
                map = net.hybrid() ? unitAfter(name, map, stride) : unitBefore(name, map, stride);
            }
        }
        if (net.hybrid()) {
            Tensor filter = weights.get("patch_embed.proj.weight");
            TensorOptional bias = new TensorOptional(weights.get("patch_embed.proj.bias"));
            map = torch.conv2d(map, filter, bias, new long[] {net.patch(), net.patch()}, NONE, ONE, 1);
        } else {
            map = torch.relu(groupNorm("norm", map));
        }
        return map.flatten(2, -1).transpose(1, 2); // [B, N, D]
    }

    private Tensor root(Tensor image) {
        Tensor map = convolution(net.prefix() + "stem.conv", image, 2);
        if (net.hybrid()) {
            map = torch.relu(groupNorm(net.prefix() + "stem.norm", map));
        }
        double around = net.hybrid() ? Double.NEGATIVE_INFINITY : 0; // what no maximum takes, or BiT's zeros
        return torch.max_pool2d(padded(map, 3, 2, around), new long[] {3, 3}, new long[] {2, 2}, NONE, ONE, false);
    }

    /** BiT's: norm, ReLU, convolution, three times. */
    private Tensor unitBefore(String name, Tensor x, int stride) {
        Tensor first = torch.relu(groupNorm(name + "norm1", x));
        Tensor shortcut =
                weights.has(name + "downsample.conv.weight") ? convolution(name + "downsample.conv", first, stride) : x;
        Tensor second = torch.relu(groupNorm(name + "norm2", convolution(name + "conv1", first, 1)));
        Tensor third = torch.relu(groupNorm(name + "norm3", convolution(name + "conv2", second, stride)));
        return convolution(name + "conv3", third, 1).add(shortcut);
    }

    /** The hybrids': convolution, norm, ReLU, and the last ReLU after the sum. */
    private Tensor unitAfter(String name, Tensor x, int stride) {
        Tensor shortcut = weights.has(name + "downsample.conv.weight")
                ? groupNorm(name + "downsample.norm", convolution(name + "downsample.conv", x, stride))
                : x;
        Tensor first = torch.relu(groupNorm(name + "norm1", convolution(name + "conv1", x, 1)));
        Tensor second = torch.relu(groupNorm(name + "norm2", convolution(name + "conv2", first, stride)));
        return torch.relu(groupNorm(name + "norm3", convolution(name + "conv3", second, 1))
                .add(shortcut));
    }

    /** A convolution of standardised weights, without bias. */
    private Tensor convolution(String name, Tensor x, int stride) {
        Tensor filter = standardised(weights.get(name + ".weight"));
        Tensor padded = padded(x, Math.toIntExact(filter.size(2)), stride, 0);
        return torch.conv2d(
                padded, filter.to(x.scalar_type()), new TensorOptional(), new long[] {stride, stride}, NONE, ONE, 1);
    }

    /** Each output's weights with mean 0 and variance 1 (Qiao et al. 2019). */
    private Tensor standardised(Tensor filter) {
        Tensor flat = filter.flatten(1, -1);
        Tensor centred = flat.sub(flat.mean(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional()));
        Tensor variance = centred.square().mean(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional());
        Scalar epsilon = new Scalar(net.standardisation().epsilon());
        Tensor deviation = net.standardisation().outside()
                ? variance.sqrt().add(epsilon)
                : variance.add(epsilon).sqrt();
        return centred.div(deviation).reshape(filter.sizes());
    }

    private Tensor padded(Tensor x, int kernel, int stride, double value) {
        int before = net.paddingBefore(Math.toIntExact(x.size(2)), kernel, stride);
        int after = net.paddingAfter(Math.toIntExact(x.size(2)), kernel, stride);
        return before + after == 0
                ? x
                : torch.constant_pad_nd(x, new long[] {before, after, before, after}, new Scalar(value));
    }

    /** In NCHW: libtorch's group norm of NHWC, which pixels come in, takes E[x²] - E[x]² in float32 and errs by three times as much. */
    private Tensor groupNorm(String name, Tensor x) {
        return torch.group_norm(
                x.contiguous(),
                GROUPS,
                new TensorOptional(weights.get(name + ".weight")),
                new TensorOptional(weights.get(name + ".bias")),
                net.groupNormEpsilon(),
                false);
    }
}
