package io.patchstream.vision;

/**
 * The arithmetic of resampling, many values at a time. Each method is one loop over {@code int} arrays at one index, the
 * only form that the JIT of Java 17 turns into vector instructions: no bytes, no {@code Math.min}, no second index.
 */
final class Lanes {
    private Lanes() {}

    /** {@code sums = HALF + wa * a + wb * b + wc * c + wd * d}. */
    static void begin(int[] sums, int[] a, int[] b, int[] c, int[] d, int wa, int wb, int wc, int wd, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = Taps.HALF + wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
        }
    }

    /** {@code sums += wa * a + wb * b + wc * c + wd * d}. */
    static void add(int[] sums, int[] a, int[] b, int[] c, int[] d, int wa, int wb, int wc, int wd, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
        }
    }

    /** Sums become pixels: without their fraction, and clipped to 0 to 255. */
    static void clip(int[] sums, int fractionBits, int length) {
        for (int i = 0; i < length; i++) {
            int value = sums[i] >> fractionBits;
            int notNegative = value & ~(value >> 31);
            sums[i] = (notNegative | ((255 - notNegative) >> 31)) & 255;
        }
    }

    /** One byte of each packed pixel. Only a constant {@code to} gives vector instructions. */
    static void unpack(int[] packed, int shift, int[] plane, int to, int length) {
        for (int i = 0; i < length; i++) {
            plane[to + i] = (packed[i] >> shift) & 255;
        }
    }

    /** {@code sums = constant + wa * a + wb * b}. */
    static void mix(int[] sums, int constant, int[] a, int wa, int[] b, int wb, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = constant + wa * a[i] + wb * b[i];
        }
    }

    /** {@code sums = weight * values + added}. Only a constant {@code to} gives vector instructions. */
    static void addTo(int[] sums, int to, int[] values, int weight, int[] added, int length) {
        for (int i = 0; i < length; i++) {
            sums[to + i] = weight * values[i] + added[i];
        }
    }
}
