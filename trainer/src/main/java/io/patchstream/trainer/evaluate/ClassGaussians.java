package io.patchstream.trainer.evaluate;

import io.patchstream.trainer.model.ClassDistance;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.KnownDistances;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A Gaussian for each class in the space of embeddings, all with one covariance (Lee et al. 2018): the squared Mahalanobis
 * distance to the nearest class says how little a picture is like those that the model knows.
 */
public final class ClassGaussians {
    /** Keeps the covariance invertible when a feature is constant: a share of its mean diagonal. */
    private static final double RIDGE = 1e-6;

    private final double[] centre;
    private final Matrix whitening;
    private final double[][] means;

    private ClassGaussians(double[] centre, Matrix whitening, double[][] means) {
        this.centre = centre;
        this.whitening = whitening;
        this.means = means;
    }

    /** From examples that the model has learned from; classes without examples have no Gaussian. */
    public static ClassGaussians fit(Answers answers, int classes) {
        int d = answers.width();
        float[] x = answers.embeddings();
        double[][] sums = new double[classes][d];
        double[] centre = new double[d];
        int[] counts = new int[classes];
        for (int i = 0; i < answers.size(); i++) {
            counts[answers.labels()[i]]++;
            for (int j = 0; j < d; j++) {
                sums[answers.labels()[i]][j] += x[i * d + j];
                centre[j] += (double) x[i * d + j] / answers.size();
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
        Matrix whitening = SymmetricEigen.of(covariance).whitening(ridge);
        double[][] means = IntStream.range(0, classes)
                .filter(k -> counts[k] > 0)
                .mapToObj(k -> whitened(whitening, centre, j -> sums[k][j]))
                .toArray(double[][]::new);
        return new ClassGaussians(centre, whitening, means);
    }

    private static double[] whitened(Matrix whitening, double[] centre, IntToDoubleFunction embedding) {
        int d = centre.length;
        double[] values = whitening.values();
        double[] difference = new double[d];
        Arrays.setAll(difference, j -> embedding.applyAsDouble(j) - centre[j]);
        double[] whitened = new double[d];
        for (int i = 0; i < d; i++) {
            for (int j = 0; j < d; j++) {
                whitened[i] += values[i * d + j] * difference[j];
            }
        }
        return whitened;
    }

    /** Squared distances to the nearest class, {@code [n]}. */
    public double[] distances(Answers answers) {
        int d = answers.width();
        double[] nearest = new double[answers.size()];
        for (int n = 0; n < nearest.length; n++) {
            int from = n * d;
            double[] whitened = whitened(whitening, centre, j -> answers.embeddings()[from + j]);
            nearest[n] = Double.POSITIVE_INFINITY;
            for (double[] mean : means) {
                double sum = 0;
                for (int i = 0; i < d; i++) {
                    sum += (whitened[i] - mean[i]) * (whitened[i] - mean[i]);
                }
                nearest[n] = Math.min(nearest[n], sum);
            }
        }
        return nearest;
    }

    /** The same in float32, as a graph computes it; with how far known pictures are. */
    public ClassDistance known(KnownDistances known) {
        int d = centre.length;
        double[] offset = whitened(whitening, centre, j -> 0);
        float[] flat = new float[means.length * d];
        for (int k = 0; k < means.length; k++) {
            System.arraycopy(floats(means[k]), 0, flat, k * d, d);
        }
        return new ClassDistance(
                HostTensor.of(floats(whitening.values()), d, d),
                HostTensor.of(floats(offset), d),
                HostTensor.of(flat, means.length, d),
                known);
    }

    private static float[] floats(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
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
