package io.patchstream.trainer.objective;

/**
 * What masked patch prediction asks for: the mean colour of each patch in three bits a channel, one of {@value #COUNT} classes
 * (Dosovitskiy et al. 2021, app. B.1.2). The class is {@code 64 r + 8 g + b} of the top three bits of the means.
 */
final class PatchColours {
    /** Classes: 8 x 8 x 8. */
    static final int COUNT = 512;

    private static final int LEVELS = 8;
    private static final int VALUES = 256;

    private PatchColours() {}

    /**
     * @param pixels uint8 {@code [B, side, side, 3]}
     * @param grid patches in a row and in a column; divides the side
     * @return classes {@code [B * grid * grid]}, row by row
     */
    static long[] of(byte[] pixels, int batch, int side, int grid) {
        int patch = side / grid;
        long[] sums = new long[batch * grid * grid * 3];
        for (int i = 0; i < pixels.length; i++) {
            int x = i / 3 % side;
            int y = i / 3 / side % side;
            int picture = i / 3 / side / side;
            sums[((picture * grid + y / patch) * grid + x / patch) * 3 + i % 3] += pixels[i] & 0xff;
        }
        long whole = (long) VALUES * patch * patch;
        long[] classes = new long[sums.length / 3];
        for (int i = 0; i < sums.length; i++) {
            classes[i / 3] = classes[i / 3] * LEVELS + sums[i] * LEVELS / whole;
        }
        return classes;
    }

    /** The class of a patch whose channels sum to {@code sums} over {@code count} pixels, in values from -1 to 1 and around. */
    static int classOf(double[] sums, int count) {
        int colour = 0;
        for (double sum : sums) {
            double level = Math.floor((sum / count + 1) * 127.5 * LEVELS / VALUES);
            colour = colour * LEVELS + (int) Math.max(0, Math.min(LEVELS - 1, level));
        }
        return colour;
    }
}
