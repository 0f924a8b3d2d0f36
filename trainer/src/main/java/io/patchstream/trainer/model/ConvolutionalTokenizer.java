package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The compact transformer's tokenizer: convolutions, ReLU and max pools, which give small data the locality that patches
 * have to learn (Hassani et al. 2021, section 3.3).
 */
final class ConvolutionalTokenizer implements TokenSource {
    private static final long[] UNIT = {1, 1};
    private static final long[] POOL = {3, 3};
    private static final long[] POOL_STRIDE = {2, 2};
    private static final long[] POOL_PADDING = {1, 1};

    private final Tensor[] filters;
    private final long[] padding;

    ConvolutionalTokenizer(Weights weights, ModelConfig.Convolutions convolutions) {
        this.filters = new Tensor[convolutions.layers()];
        for (int i = 0; i < filters.length; i++) {
            filters[i] = weights.get("tokenizer.convs." + i + ".weight");
        }
        this.padding = new long[] {convolutions.kernel() / 2, convolutions.kernel() / 2};
    }

    @Override
    public Tensor tokens(Tensor image) {
        Tensor map = image; // [B, 3, H, W]
        for (Tensor filter : filters) {
            Tensor convolved = torch.conv2d(map, filter, new TensorOptional(), UNIT, padding, UNIT, 1);
            // Pool, then ReLU: the same values and gradients as the paper's order, on a quarter of the map.
            map = torch.relu_(torch.max_pool2d(convolved, POOL, POOL_STRIDE, POOL_PADDING, UNIT, false));
            // [B, channels, H/2, W/2], rounded up
        }
        return map.flatten(2, -1).transpose(1, 2); // [B, N, D]
    }
}
