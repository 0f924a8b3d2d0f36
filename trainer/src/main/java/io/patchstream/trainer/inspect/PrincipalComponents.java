package io.patchstream.trainer.inspect;

import io.patchstream.trainer.evaluate.Matrix;
import io.patchstream.trainer.evaluate.SymmetricEigen;

/** The directions in which rows vary most. */
public final class PrincipalComponents {
    private final Matrix centred;
    private final SymmetricEigen eigen;

    private PrincipalComponents(Matrix centred, SymmetricEigen eigen) {
        this.centred = centred;
        this.eigen = eigen;
    }

    /** @param rows {@code [n, d]} */
    public static PrincipalComponents of(float[] rows, int n, int d) {
        double[] values = new double[rows.length];
        for (int j = 0; j < d; j++) {
            double mean = 0;
            for (int i = 0; i < n; i++) {
                mean += rows[i * d + j] / (double) n;
            }
            for (int i = 0; i < n; i++) {
                values[i * d + j] = rows[i * d + j] - mean;
            }
        }
        Matrix centred = new Matrix(n, d, values);
        return new PrincipalComponents(
                centred, SymmetricEigen.of(centred.transposed().times(centred)));
    }

    /** Direction {@code k}, 0 the first: {@code [d]}, of length 1; its largest element is positive. */
    public double[] direction(int k) {
        int d = centred.columns();
        double[] direction = new double[d];
        double largest = 0;
        for (int i = 0; i < d; i++) {
            direction[i] = eigen.vectors().get(i, d - 1 - k);
            largest = Math.abs(direction[i]) > Math.abs(largest) ? direction[i] : largest;
        }
        for (int i = 0; i < d && largest < 0; i++) {
            direction[i] = -direction[i];
        }
        return direction;
    }

    /** The share of the variance along direction {@code k}. */
    public double share(int k) {
        double sum = 0;
        for (double value : eigen.values()) {
            sum += Math.max(0, value);
        }
        return sum == 0 ? 0 : Math.max(0, eigen.values()[eigen.values().length - 1 - k]) / sum;
    }

    /** Where each row lies along direction {@code k}, {@code [n]}. */
    public double[] coordinates(int k) {
        return centred.times(new Matrix(centred.columns(), 1, direction(k))).values();
    }
}
