package io.patchstream.trainer.scene;

/**
 * SplitMix64 (Steele, Lea, Flood 2014), written out so that a seed gives the same scene on every JDK for ever. One thread
 * only.
 */
final class SplitMix {
    private long state;

    SplitMix(long seed) {
        state = seed;
    }

    /** The finaliser: a well mixed function of {@code z}. */
    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A seed for {@code part} of what {@code seed} stands for. */
    static long derive(long seed, long part) {
        return mix(mix(seed + 0x9E3779B97F4A7C15L) + part * 0xD1342543DE82EF95L);
    }

    long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        return mix(state);
    }

    /** Uniform in [0, 1). */
    float uniform() {
        return (nextLong() >>> 40) * 0x1p-24f;
    }

    /** Uniform in [from, to). */
    float uniform(float from, float to) {
        return from + (to - from) * uniform();
    }

    /** True with probability {@code p}. */
    boolean chance(float p) {
        return uniform() < p;
    }

    /** Near enough to a normal deviate for sensor noise: the sum of four uniforms, mean 0, standard deviation 1. */
    float normal() {
        long bits = nextLong();
        long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        return (sum - 131070f) * (1.7320508f / 65536f);
    }
}
