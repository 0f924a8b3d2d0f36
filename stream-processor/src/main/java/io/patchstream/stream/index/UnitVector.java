package io.patchstream.stream.index;

import java.util.Arrays;
import java.util.List;

/** A direction: {@code [D]} floats of L2 norm 1. Immutable. */
public final class UnitVector {
    private final float[] values;

    private UnitVector(float[] values) {
        this.values = values;
    }

    /**
     * The direction of {@code values}, whatever their length; copies them.
     *
     * @throws IllegalArgumentException when they have none: no values, all zero, or one that is no finite number
     */
    public static UnitVector of(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        if (!(squares > 0) || !Double.isFinite(squares)) {
            throw new IllegalArgumentException(
                    "a vector of " + values.length + " values with a squared norm of " + squares + " has no direction");
        }
        double scale = 1 / Math.sqrt(squares);
        float[] unit = new float[values.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (values[i] * scale);
        }
        return new UnitVector(unit);
    }

    /** As {@link #of(float[])}. */
    public static UnitVector of(List<Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return of(array);
    }

    /** D. */
    public int dim() {
        return values.length;
    }

    /** The values, copied. */
    public float[] toArray() {
        return values.clone();
    }

    /** The cosine of the angle to another direction of the same D, from -1 to 1 but for rounding. */
    public float dot(UnitVector other) {
        float[] a = values;
        float[] b = other.values;
        if (a.length != b.length) {
            throw new IllegalArgumentException("a vector of " + a.length + " values beside one of " + b.length);
        }
        // Four sums: the processor need not wait for one addition before it starts the next, and rounding errors are
        // smaller.
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i <= a.length - 4; i += 4) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            s0 += a[i] * b[i];
        }
        return s0 + s1 + (s2 + s3);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UnitVector vector && Arrays.equals(values, vector.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "UnitVector[" + values.length + "]";
    }
}
