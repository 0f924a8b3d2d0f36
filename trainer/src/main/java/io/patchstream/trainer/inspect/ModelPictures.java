package io.patchstream.trainer.inspect;

import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.RgbImage;

/** Figures of a model's own parameters. */
public final class ModelPictures {
    private static final int COMPONENTS = 28;
    private static final int ROW = 7;
    private static final int CELL = 4;

    private ModelPictures() {}

    /** The first 28 principal components of the patch filters, in colour (Dosovitskiy et al. 2021, fig. 7 left). */
    public static RgbImage filters(TrainedModel model) {
        if (!(model.config().tokenizer() instanceof Patches patches)) {
            throw new IllegalArgumentException(model.config().name() + " has convolutions and no patch filter");
        }
        int p = patches.size();
        HostTensor filter = model.parameters().get("patch_embed.proj.weight"); // [D, 3, P, P]
        PrincipalComponents components =
                PrincipalComponents.of(filter.values(), Math.toIntExact(filter.dim(0)), 3 * p * p);
        int count = Math.min(COMPONENTS, 3 * p * p);
        int scale = Math.max(1, 48 / p);
        int step = p * scale + CELL;
        Canvas canvas = new Canvas((count + ROW - 1) / ROW * step + CELL, ROW * step + CELL);
        for (int k = 0; k < count; k++) {
            double[] direction = components.direction(k);
            double most =
                    java.util.Arrays.stream(direction).map(Math::abs).max().orElse(1);
            for (int i = 0; i < p * p; i++) {
                canvas.square(
                        CELL + k / ROW * step + i / p * scale,
                        CELL + k % ROW * step + i % p * scale,
                        scale,
                        0.5 + direction[i] / most / 2,
                        0.5 + direction[p * p + i] / most / 2,
                        0.5 + direction[2 * p * p + i] / most / 2);
            }
        }
        return canvas.image();
    }

    /**
     * Cosine similarities of the position embeddings (fig. 7 centre), without those of class token and registers.
     *
     * @return {@code [N][N]}
     */
    public static double[][] similarity(TrainedModel model) {
        int n = model.config().tokens();
        int d = model.config().hiddenSize();
        float[] rows = model.parameters().get("pos_embed").values();
        int first = model.config().prefixTokens() * d;
        double[][] similarity = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double product = 0;
                double one = 0;
                double other = 0;
                for (int k = 0; k < d; k++) {
                    double a = rows[first + i * d + k];
                    double b = rows[first + j * d + k];
                    product += a * b;
                    one += a * a;
                    other += b * b;
                }
                similarity[i][j] = product / Math.max(Math.sqrt(one * other), 1e-12);
            }
        }
        return similarity;
    }

    /** A tile for each position, with its similarity to all positions. */
    public static RgbImage tiles(double[][] similarity) {
        int side = AttentionMaps.side(similarity.length);
        int step = side * CELL + CELL;
        Canvas canvas = new Canvas(side * step + CELL, side * step + CELL);
        for (int i = 0; i < similarity.length; i++) {
            for (int j = 0; j < similarity.length; j++) {
                canvas.heat(
                        CELL + i / side * step + j / side * CELL,
                        CELL + i % side * step + j % side * CELL,
                        CELL,
                        (similarity[i][j] + 1) / 2);
            }
        }
        return canvas.image();
    }

    /** Points in a square, coloured by class. */
    public static RgbImage scatter(double[] x, double[] y, int[] classes, int count) {
        int side = 480;
        Canvas canvas = new Canvas(side, side);
        for (int i = 0; i < x.length; i++) {
            double hue = classes[i] / (double) count * 2 * Math.PI;
            canvas.square(
                    position(y, i, side),
                    position(x, i, side),
                    4,
                    0.5 + 0.45 * Math.cos(hue),
                    0.5 + 0.45 * Math.cos(hue - 2.1),
                    0.5 + 0.45 * Math.cos(hue + 2.1));
        }
        return canvas.image();
    }

    private static int position(double[] values, int i, int side) {
        double least = java.util.Arrays.stream(values).min().orElse(0);
        double most = java.util.Arrays.stream(values).max().orElse(1);
        return (int) ((side - 12) * (most > least ? (values[i] - least) / (most - least) : 0.5)) + 4;
    }
}
