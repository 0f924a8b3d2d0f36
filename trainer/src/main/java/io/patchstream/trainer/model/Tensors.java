package io.patchstream.trainer.model;

import io.patchstream.trainer.tensor.HostTensor;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Constants that come from Java memory; the caller's scope owns them. */
final class Tensors {
    private Tensors() {}

    /** Float32, of the same shape. */
    static Tensor of(HostTensor host) {
        try (FloatPointer data = new FloatPointer(host.values())) {
            return torch.from_blob(data, host.shape(), new TensorOptions(torch.ScalarType.Float))
                    .clone();
        }
    }

    /** Int64 {@code [n]}. */
    static Tensor of(long[] values) {
        try (LongPointer data = new LongPointer(values)) {
            return torch.from_blob(data, new long[] {values.length}, new TensorOptions(torch.ScalarType.Long))
                    .clone();
        }
    }
}
