package io.patchstream.vision.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Mutated pictures and noise. Each depends on the run's seed and its own number alone, so that one that killed a process is
 * made again without those before it.
 */
final class Mutants {
    /** One input in so many is noise, and has no seed. */
    private static final int NOISE = 20;

    private final List<byte[]> corpus;
    private final long seed;

    Mutants(List<byte[]> corpus, long seed) {
        this.corpus = List.copyOf(corpus);
        this.seed = seed;
    }

    /** Input {@code number}. */
    byte[] of(long number) {
        // Neighbouring seeds give Random neighbouring first values; the multiplication spreads them.
        Random random = new Random((seed * 31 + number) * 0x9E3779B97F4A7C15L);
        if (number % NOISE == 0) {
            byte[] noise = new byte[random.nextInt(2000)];
            random.nextBytes(noise);
            return noise;
        }
        return mutant(corpus.get((int) (number % corpus.size())), random);
    }

    private byte[] mutant(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int changes = 1 + random.nextInt(8);
        // Half of them in the headers, where a change does most.
        int reach = random.nextBoolean() ? Math.min(bytes.length, 64) : bytes.length;
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(reach);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = (byte) 0xff;
                case 3 -> Arrays.fill(bytes, at, Math.min(at + random.nextInt(16), bytes.length), (byte) 0);
                case 4 -> copyWithin(bytes, at, random);
                default -> splice(bytes, at, random);
            }
        }
        return random.nextInt(6) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    /** A piece of it once more, elsewhere: headers and chunks that come twice. */
    private static void copyWithin(byte[] bytes, int at, Random random) {
        int length = random.nextInt(Math.min(64, bytes.length - at) + 1);
        System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
    }

    /** A piece of another format. */
    private void splice(byte[] bytes, int at, Random random) {
        byte[] other = corpus.get(random.nextInt(corpus.size()));
        int length = random.nextInt(Math.min(64, Math.min(other.length, bytes.length - at)) + 1);
        System.arraycopy(other, random.nextInt(other.length - length + 1), bytes, at, length);
    }
}
