package io.patchstream.trainer.model;

import io.patchstream.trainer.tensor.HostTensor;

/**
 * Fixed positions of image tokens: sines and cosines of column, then of row, at D/4 frequencies from 1 to 1/10,000 (Chen et
 * al. 2021, MoCo v3; {@code posemb_sincos_2d} of big_vision).
 */
public final class SinCosPositions {
    private static final double TEMPERATURE = 10_000;

    private SinCosPositions() {}

    /** The table {@code [1, S * S, D]} for S rows and columns. */
    public static HostTensor table(int side, int hiddenSize) {
        int quarter = hiddenSize / 4;
        float[] values = new float[side * side * hiddenSize];
        for (int token = 0; token < side * side; token++) {
            int at = token * hiddenSize;
            for (int i = 0; i < quarter; i++) {
                double frequency = Math.pow(TEMPERATURE, -(double) i / Math.max(1, quarter - 1));
                double x = token % side * frequency;
                double y = token / side * frequency;
                values[at + i] = (float) Math.sin(x);
                values[at + quarter + i] = (float) Math.cos(x);
                values[at + 2 * quarter + i] = (float) Math.sin(y);
                values[at + 3 * quarter + i] = (float) Math.cos(y);
            }
        }
        return HostTensor.of(values, 1, (long) side * side, hiddenSize);
    }
}
