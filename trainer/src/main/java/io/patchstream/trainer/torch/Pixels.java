package io.patchstream.trainer.torch;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** From Java arrays to tensors. What is returned belongs to the open pointer scope and must not outlive it. */
public final class Pixels {
    private Pixels() {}

    /**
     * Pictures.
     *
     * @param bytes uint8 {@code [B, H, W, 3]}; copied
     */
    public static Tensor of(byte[] bytes, long batch, long height, long width) {
        if (bytes.length != batch * height * width * 3) {
            throw new IllegalArgumentException(
                    bytes.length + " bytes are no " + batch + " pictures of " + height + " x " + width);
        }
        return torch.from_blob(
                new BytePointer(bytes), new long[] {batch, height, width, 3}, new TensorOptions(torch.ScalarType.Byte));
    }

    /**
     * Classes, or places in a table.
     *
     * @param values {@code [n]}; copied
     * @return int64 {@code [n]}
     */
    public static Tensor indices(long[] values) {
        return torch.from_blob(
                new LongPointer(values), new long[] {values.length}, new TensorOptions(torch.ScalarType.Long));
    }

    /**
     * Target probabilities.
     *
     * @param values {@code [B, K]}; copied
     */
    public static Tensor targets(float[] values, long batch) {
        return torch.from_blob(
                new FloatPointer(values),
                new long[] {batch, values.length / batch},
                new TensorOptions(torch.ScalarType.Float));
    }
}
