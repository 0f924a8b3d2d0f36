package io.patchstream.trainer.tensor;

/**
 * How a grid of learned values is brought to another size: along each side by a matrix {@code [to, from]}, whose rows add up
 * to one. Each family has its own rule, and they differ by up to a tenth of the values (root mean square).
 */
public enum Resampling {
    /** {@code scipy.ndimage.zoom(order=1)}: bilinear, the corners stay in place. The paper's code. */
    ZOOM,
    /** Bilinear with pixel centres at halves. timm, for {@code .npz}. */
    BILINEAR,
    /** PyTorch's bicubic, a = -0.75, without antialiasing. Hugging Face, MAE. */
    BICUBIC,
    /** Pillow's and PyTorch's antialiased bicubic, a = -0.5. timm. */
    BICUBIC_ANTIALIAS,
    /** {@link #BICUBIC} with the scale of {@code (to + 0.1) / from}. DINO and DINOv2. */
    BICUBIC_OFFSET;

    /** The matrix {@code [to][from]} of one side. */
    public double[][] matrix(int from, int to) {
        double[][] matrix = new double[to][from];
        for (int i = 0; i < to; i++) {
            switch (this) {
                case ZOOM -> {
                    double at = to == 1 ? 0 : (double) i * (from - 1) / (to - 1);
                    taps(matrix[i], at, 1, 1, Resampling::triangle, true);
                }
                case BILINEAR -> taps(matrix[i], centre(i, (double) from / to), 1, 1, Resampling::triangle, true);
                case BICUBIC -> taps(matrix[i], centre(i, (double) from / to), 2, 1, x -> cubic(x, -0.75), true);
                case BICUBIC_OFFSET -> taps(matrix[i], centre(i, from / (to + 0.1)), 2, 1, x -> cubic(x, -0.75), true);
                case BICUBIC_ANTIALIAS -> {
                    double scale = (double) from / to;
                    taps(matrix[i], centre(i, scale), 2, Math.max(1, scale), x -> cubic(x, -0.5), false);
                }
            }
        }
        return matrix;
    }

    /**
     * A position embedding for another grid; rows before the grid's (class token) stay as they are.
     *
     * @param positions {@code [1, prefix + from * from, D]}
     * @return {@code [1, prefix + to * to, D]}
     */
    public HostTensor positions(HostTensor positions, int prefix, int from, int to) {
        int d = Math.toIntExact(positions.dim(2));
        double[][] side = matrix(from, to);
        float[] old = positions.values();
        float[] values = new float[(prefix + to * to) * d];
        System.arraycopy(old, 0, values, 0, prefix * d);
        for (int channel = 0; channel < d; channel++) {
            resize(side, old, prefix * d + channel, values, prefix * d + channel, d);
        }
        return HostTensor.of(values, 1, (long) prefix + (long) to * to, d);
    }

    /**
     * A patch filter for another patch size that gives a resized patch the same token (Beyer et al. 2023, FlexiViT, section 3.4):
     * the pseudo-inverse of the resize, applied to the filter.
     *
     * @param filter {@code [D, 3, from, from]}
     * @return {@code [D, 3, to, to]}
     */
    public HostTensor patchFilter(HostTensor filter, int to) {
        int from = Math.toIntExact(filter.dim(2));
        double[][] side = PseudoInverse.ofTranspose(matrix(from, to));
        int planes = Math.toIntExact(filter.dim(0) * filter.dim(1));
        float[] values = new float[planes * to * to];
        float[] old = filter.values();
        for (int plane = 0; plane < planes; plane++) {
            resize(side, old, plane * from * from, values, plane * to * to, 1);
        }
        return HostTensor.of(values, filter.dim(0), filter.dim(1), to, to);
    }

    /**
     * One square, along both sides.
     *
     * @param side {@code [to][from]}
     * @param at where the square begins in {@code old}
     * @param start where it begins in {@code values}
     * @param step from element to element, in both
     */
    private static void resize(double[][] side, float[] old, int at, float[] values, int start, int step) {
        int to = side.length;
        int from = side[0].length;
        double[][] grid = new double[from][from];
        for (int i = 0; i < from * from; i++) {
            grid[i / from][i % from] = old[at + i * step];
        }
        double[][] resized = PseudoInverse.product(PseudoInverse.product(side, grid), PseudoInverse.transpose(side));
        for (int i = 0; i < to * to; i++) {
            values[start + i * step] = (float) resized[i / to][i % to];
        }
    }

    private static double centre(int i, double scale) {
        return (i + 0.5) * scale - 0.5;
    }

    private interface Kernel {
        double at(double x);
    }

    /**
     * @param clamp whether taps beyond an edge count for the edge (PyTorch), or are left out (antialiased)
     */
    private static void taps(double[] row, double at, double support, double scale, Kernel kernel, boolean clamp) {
        int last = row.length - 1;
        double sum = 0;
        for (int i = (int) Math.ceil(at - support * scale); i <= Math.floor(at + support * scale); i++) {
            double weight = kernel.at((i - at) / scale);
            if (clamp || i >= 0 && i <= last) {
                row[Math.max(0, Math.min(last, i))] += weight;
                sum += weight;
            }
        }
        for (int i = 0; i <= last; i++) {
            row[i] /= sum;
        }
    }

    private static double triangle(double x) {
        return Math.max(0, 1 - Math.abs(x));
    }

    private static double cubic(double x, double a) {
        double t = Math.abs(x);
        if (t < 1) {
            return ((a + 2) * t - (a + 3)) * t * t + 1;
        }
        return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
    }
}
