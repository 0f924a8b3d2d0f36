package io.patchstream.trainer.tensor;

/** Dense matrices {@code [rows][columns]} of a few dozen rows. */
final class PseudoInverse {
    private PseudoInverse() {}

    /** The pseudo-inverse of a matrix' transpose, for a matrix of full rank: {@code [to][from]} from {@code [to][from]}. */
    static double[][] ofTranspose(double[][] matrix) {
        double[][] transposed = transpose(matrix);
        return matrix.length >= matrix[0].length
                ? product(matrix, inverse(product(transposed, matrix)))
                : product(inverse(product(matrix, transposed)), matrix);
    }

    static double[][] transpose(double[][] matrix) {
        double[][] transposed = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[0].length; j++) {
                transposed[j][i] = matrix[i][j];
            }
        }
        return transposed;
    }

    static double[][] product(double[][] left, double[][] right) {
        double[][] product = new double[left.length][right[0].length];
        for (int i = 0; i < left.length; i++) {
            for (int k = 0; k < right.length; k++) {
                for (int j = 0; j < right[0].length; j++) {
                    product[i][j] += left[i][k] * right[k][j];
                }
            }
        }
        return product;
    }

    /** By Gauss and Jordan, with the largest pivot of each column. */
    private static double[][] inverse(double[][] matrix) {
        int n = matrix.length;
        double[][] rows = new double[n][2 * n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(matrix[i], 0, rows[i], 0, n);
            rows[i][n + i] = 1;
        }
        for (int column = 0; column < n; column++) {
            int pivot = column;
            for (int i = column + 1; i < n; i++) {
                pivot = Math.abs(rows[i][column]) > Math.abs(rows[pivot][column]) ? i : pivot;
            }
            double[] row = rows[pivot];
            rows[pivot] = rows[column];
            rows[column] = row;
            double scale = row[column];
            for (int j = 0; j < 2 * n; j++) {
                row[j] /= scale;
            }
            for (int i = 0; i < n; i++) {
                double factor = rows[i][column];
                for (int j = 0; i != column && j < 2 * n; j++) {
                    rows[i][j] -= factor * row[j];
                }
            }
        }
        double[][] inverse = new double[n][];
        for (int i = 0; i < n; i++) {
            inverse[i] = java.util.Arrays.copyOfRange(rows[i], n, 2 * n);
        }
        return inverse;
    }
}
