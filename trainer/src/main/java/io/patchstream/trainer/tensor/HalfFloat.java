package io.patchstream.trainer.tensor;

/** IEEE 754 half precision: ten bits of fraction, up to {@value #LARGEST}. Java 17 has no conversion of its own. */
public final class HalfFloat {
    /** The largest number that has a half. */
    public static final float LARGEST = 65504;

    private static final int FRACTION_BITS = 13;

    private HalfFloat() {}

    /** The nearest half, ties to even; infinite from 65520 on. */
    public static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7e00);
        }
        float magnitude = Math.abs(value);
        if (magnitude >= LARGEST + 16) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x1p-14f) { // subnormal: whole multiples of 2^-24
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
        }
        int halved = (bits & 0x7fffffff) - (127 - 15 << 23);
        int odd = halved >>> FRACTION_BITS & 1;
        return (short) (sign | halved + (1 << FRACTION_BITS - 1) - 1 + odd >>> FRACTION_BITS);
    }

    /** The number that a half is. */
    public static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >>> 10 & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) { // zero or subnormal: fraction times 2^-24
            return Math.copySign(fraction * 0x1p-24f, sign < 0 ? -1f : 1f);
        }
        int widened = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | widened << 23 | fraction << FRACTION_BITS);
    }
}
