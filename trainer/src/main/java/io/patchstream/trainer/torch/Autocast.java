package io.patchstream.trainer.torch;

import org.bytedeco.pytorch.global.torch;

/**
 * Mixed precision for the calling thread while open: dense layers, convolutions and matrix products in bfloat16, the rest in
 * float32. Opened around the forward pass only.
 */
public final class Autocast implements AutoCloseable {
    private final boolean before;

    private Autocast(boolean enabled) {
        this.before = torch.is_autocast_enabled(torch.DeviceType.CPU);
        torch.set_autocast_dtype(torch.DeviceType.CPU, torch.ScalarType.BFloat16);
        torch.set_autocast_enabled(torch.DeviceType.CPU, enabled);
    }

    /** Mixed precision when {@code precision} is {@link Precision#BF16}. */
    public static Autocast of(Precision precision) {
        return new Autocast(precision == Precision.BF16);
    }

    @Override
    public void close() {
        torch.set_autocast_enabled(torch.DeviceType.CPU, before);
        // The cache holds bfloat16 copies of the weights, which are stale after the step.
        torch.clear_cache();
    }
}
