package io.patchstream.trainer.evaluate;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix, in float64 by LAPACK. */
public final class SymmetricEigen {
    private final double[] values;
    private final Matrix vectors;

    private SymmetricEigen(double[] values, Matrix vectors) {
        this.values = values;
        this.vectors = vectors;
    }

    /** Decomposes; only the lower triangle is read. */
    public static SymmetricEigen of(Matrix symmetric) {
        int n = symmetric.rows();
        try (PointerScope scope = new PointerScope()) {
            Tensor tensor = torch.from_blob(
                    new DoublePointer(symmetric.values()),
                    new long[] {n, symmetric.columns()},
                    new TensorOptions(torch.ScalarType.Double));
            T_TensorTensor_T both = torch.linalg_eigh(tensor);
            return new SymmetricEigen(host(both.get0(), n), new Matrix(n, n, host(both.get1(), n * n)));
        }
    }

    private static double[] host(Tensor tensor, int count) {
        double[] values = new double[count];
        tensor.contiguous().data_ptr_double().get(values);
        return values;
    }

    /** Ascending; not a copy. */
    public double[] values() {
        return values;
    }

    /** Column j belongs to value j. */
    public Matrix vectors() {
        return vectors;
    }

    /** {@code Q 1/(values + ridge) Q^T}: the inverse of the matrix with {@code ridge} added to its diagonal. */
    public Matrix inverse(double ridge) {
        int n = values.length;
        double[] scaled = vectors.values().clone();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                scaled[i * n + j] /= values[j] + ridge;
            }
        }
        return new Matrix(n, n, scaled).times(vectors.transposed());
    }

    /** {@code 1/sqrt(values + ridge) Q^T}: turns and scales so that what has this matrix for its covariance gets the unit one. */
    public Matrix whitening(double ridge) {
        int n = values.length;
        double[] scaled = vectors.transposed().values();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                scaled[i * n + j] /= Math.sqrt(Math.max(0, values[i]) + ridge);
            }
        }
        return new Matrix(n, n, scaled);
    }
}
