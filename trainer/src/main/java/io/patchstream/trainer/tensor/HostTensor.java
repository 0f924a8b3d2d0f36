package io.patchstream.trainer.tensor;

import java.util.Arrays;

/** A float32 tensor in Java memory, row-major. Immutable by agreement: nobody writes into {@link #values()}. */
public final class HostTensor {
    private final long[] shape;
    private final float[] values;

    /** Takes both arrays over. */
    public HostTensor(long[] shape, float[] values) {
        long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (count != values.length) {
            throw new IllegalArgumentException(
                    "shape " + Arrays.toString(shape) + " has " + count + " elements, not " + values.length);
        }
        this.shape = shape;
        this.values = values;
    }

    public static HostTensor of(float[] values, long... shape) {
        return new HostTensor(shape, values);
    }

    public int rank() {
        return shape.length;
    }

    public long dim(int i) {
        return shape[i];
    }

    /** A copy of the shape. */
    public long[] shape() {
        return shape.clone();
    }

    /** The elements, row-major; not a copy. */
    public float[] values() {
        return values;
    }

    @Override
    public String toString() {
        return "HostTensor" + Arrays.toString(shape);
    }
}
