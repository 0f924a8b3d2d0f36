package io.patchstream.trainer.divide;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.IntStream;

/** The perceptual hashes of a list of pictures: 264 bytes for each. Immutable. */
public final class Fingerprints {
    private final long[] hashes;
    /** {@code [n, SIDE * SIDE]}. */
    private final byte[][] thumbnails;

    /** Takes the arrays over. */
    Fingerprints(long[] hashes, byte[][] thumbnails) {
        this.hashes = hashes;
        this.thumbnails = thumbnails;
    }

    /**
     * Decodes every picture once, on all processors.
     *
     * @throws IOException when one cannot be read; the message names it
     */
    public static Fingerprints of(Dataset dataset) throws IOException {
        long[] hashes = new long[dataset.size()];
        byte[][] thumbnails = new byte[dataset.size()][];
        ThreadLocal<PerceptualHash> perceptual = ThreadLocal.withInitial(PerceptualHash::new);
        try {
            IntStream.range(0, hashes.length).parallel().forEach(i -> {
                try {
                    RgbImage grey = PerceptualHash.grey(dataset.recorded(i));
                    hashes[i] = perceptual.get().hash(grey);
                    thumbnails[i] = perceptual.get().thumbnail(grey);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new Fingerprints(hashes, thumbnails);
    }

    /** These, and after them the others. */
    public Fingerprints and(Fingerprints others) {
        long[] all = java.util.Arrays.copyOf(hashes, size() + others.size());
        System.arraycopy(others.hashes, 0, all, size(), others.size());
        byte[][] small = java.util.Arrays.copyOf(thumbnails, all.length);
        System.arraycopy(others.thumbnails, 0, small, size(), others.size());
        return new Fingerprints(all, small);
    }

    public int size() {
        return hashes.length;
    }

    long hash(int index) {
        return hashes[index];
    }

    /** In how many of 64 bits two hashes differ. */
    int bits(int one, int other) {
        return Long.bitCount(hashes[one] ^ hashes[other]);
    }

    /** The mean difference of two thumbnails in levels of 255, when both are brought to the same mean. */
    double levels(int one, int other) {
        byte[] a = thumbnails[one];
        byte[] b = thumbnails[other];
        int shift = 0;
        for (int i = 0; i < a.length; i++) {
            shift += (a[i] & 0xff) - (b[i] & 0xff);
        }
        int sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(((a[i] & 0xff) - (b[i] & 0xff)) * a.length - shift);
        }
        return sum / (double) (a.length * a.length);
    }

    /** The squared distance of two thumbnails. */
    int distance(int one, int other) {
        byte[] a = thumbnails[one];
        byte[] b = thumbnails[other];
        int sum = 0;
        for (int i = 0; i < a.length; i++) {
            int difference = (a[i] & 0xff) - (b[i] & 0xff);
            sum += difference * difference;
        }
        return sum;
    }

    /** What is equal for pictures that look the same to the last bit. */
    Object content(int index) {
        return java.util.List.of(hashes[index], java.nio.ByteBuffer.wrap(thumbnails[index]));
    }
}
