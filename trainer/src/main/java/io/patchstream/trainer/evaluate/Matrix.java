package io.patchstream.trainer.evaluate;

/** A matrix of doubles in Java memory, row-major. */
public final class Matrix {
    private final int rows;
    private final int columns;
    private final double[] values;

    /** Takes {@code values} over. */
    public Matrix(int rows, int columns, double[] values) {
        if (values.length != rows * columns) {
            throw new IllegalArgumentException(values.length + " values are no matrix of " + rows + " x " + columns);
        }
        this.rows = rows;
        this.columns = columns;
        this.values = values;
    }

    /** A copy of {@code values}, {@code [rows, columns]}. */
    public static Matrix of(float[] values, int rows, int columns) {
        double[] copy = new double[values.length];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = values[i];
        }
        return new Matrix(rows, columns, copy);
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public double get(int row, int column) {
        return values[row * columns + column];
    }

    /** The elements, row-major; not a copy. */
    public double[] values() {
        return values;
    }

    /** A copy with rows and columns exchanged. */
    public Matrix transposed() {
        double[] turned = new double[values.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                turned[j * rows + i] = values[i * columns + j];
            }
        }
        return new Matrix(columns, rows, turned);
    }

    /** The product {@code this x other}. */
    public Matrix times(Matrix other) {
        if (columns != other.rows) {
            throw new IllegalArgumentException(
                    rows + " x " + columns + " times " + other.rows + " x " + other.columns + " is not defined");
        }
        double[] product = new double[rows * other.columns];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < columns; k++) {
                double factor = values[i * columns + k];
                for (int j = 0; j < other.columns; j++) {
                    product[i * other.columns + j] += factor * other.values[k * other.columns + j];
                }
            }
        }
        return new Matrix(rows, other.columns, product);
    }
}
