package io.patchstream.trainer.data;

import java.util.SplittableRandom;

/**
 * Where all randomness of a training stream comes from: a pure function of (seed, epoch, index), so that any number of
 * threads, and a run that was stopped and goes on, see the same stream.
 */
public final class SampleSeed {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private SampleSeed() {}

    static SplittableRandom of(long seed, long epoch, long index) {
        return new SplittableRandom(mix(mix(mix(seed) + epoch * GOLDEN) + index * GOLDEN));
    }

    /** A permutation of 0 to {@code size - 1} for one epoch. */
    public static int[] permutation(long seed, long epoch, int size) {
        SplittableRandom random = of(seed, epoch, -1);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long z) {
        long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
