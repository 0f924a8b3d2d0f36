package io.patchstream.trainer.evaluate;

import java.util.Arrays;

/**
 * A Gaussian for each class in the space of embeddings, all with one covariance (Lee et al. 2018): the squared Mahalanobis
 * distance to the nearest class says how little a picture is like those that the model knows.
 */
public final class ClassGaussians {
    /** Keeps the covariance invertible when a feature is constant: a share of its mean diagonal. */
    private static final double RIDGE = 1e-6;

    private final double[][] means;
    private final Matrix precision;

    private ClassGaussians(double[][] means, Matrix precision) {
        this.means = means;
        this.precision = precision;
    }

    /** From examples that the model has learned from; classes without examples have no Gaussian. */
    public static ClassGaussians fit(Answers answers, int classes) {
        int d = answers.width();
        float[] x = answers.embeddings();
        double[][] sums = new double[classes][d];
        int[] counts = new int[classes];
        for (int i = 0; i < answers.size(); i++) {
            counts[answers.labels()[i]]++;
            for (int j = 0; j < d; j++) {
                sums[answers.labels()[i]][j] += x[i * d + j];
            }
        }
        for (int k = 0; k < classes; k++) {
            for (int j = 0; j < d; j++) {
                sums[k][j] /= Math.max(1, counts[k]);
            }
        }
        double[] centred = new double[x.length];
        for (int i = 0; i < answers.size(); i++) {
            for (int j = 0; j < d; j++) {
                centred[i * d + j] = (x[i * d + j] - sums[answers.labels()[i]][j]) / Math.sqrt(answers.size());
            }
        }
        Matrix rows = new Matrix(answers.size(), d, centred);
        Matrix covariance = rows.transposed().times(rows);
        double trace = 0;
        for (int j = 0; j < d; j++) {
            trace += covariance.get(j, j);
        }
        double ridge = Math.max(RIDGE * trace / d, Double.MIN_NORMAL);
        double[][] means =
                new double[(int) Arrays.stream(counts).filter(c -> c > 0).count()][];
        for (int k = 0, at = 0; k < classes; k++) {
            if (counts[k] > 0) {
                means[at++] = sums[k];
            }
        }
        return new ClassGaussians(means, SymmetricEigen.of(covariance).inverse(ridge));
    }

    /** Squared distances to the nearest class, {@code [n]}. */
    public double[] distances(Answers answers) {
        int d = answers.width();
        double[] nearest = new double[answers.size()];
        double[] difference = new double[d];
        for (int i = 0; i < nearest.length; i++) {
            nearest[i] = Double.POSITIVE_INFINITY;
            for (double[] mean : means) {
                for (int j = 0; j < d; j++) {
                    difference[j] = answers.embeddings()[i * d + j] - mean[j];
                }
                nearest[i] = Math.min(nearest[i], squared(difference));
            }
        }
        return nearest;
    }

    private double squared(double[] difference) {
        int d = difference.length;
        double[] values = precision.values();
        double sum = 0;
        for (int i = 0; i < d; i++) {
            double row = 0;
            for (int j = 0; j < d; j++) {
                row += values[i * d + j] * difference[j];
            }
            sum += difference[i] * row;
        }
        return sum;
    }

    /** How probable it is that one from outside has the larger score: 1 is perfect, 0.5 is chance; ties count half. */
    public static double areaUnderCurve(double[] inside, double[] outside) {
        double[] sorted = inside.clone();
        Arrays.sort(sorted);
        double below = 0;
        for (double score : outside) {
            below += (border(sorted, score, false) + border(sorted, score, true)) / 2.0;
        }
        return below / ((double) inside.length * outside.length);
    }

    /** How many are below {@code score}, or not above it. */
    private static int border(double[] sorted, double score, boolean inclusive) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < score || inclusive && sorted[middle] == score) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
