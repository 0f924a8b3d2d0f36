package io.patchstream.trainer.optimise;

import io.patchstream.trainer.model.Weights;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A running average of the weights (Polyak and Juditsky 1992), which is better than the last weights. The paper's factor
 * 0.9999 suits long runs; {@code 1 - (1+t)^(-2/3)} is less at first, so that a short run forgets its random beginning.
 */
public final class PolyakAverage implements AutoCloseable {
    private final Weights weights;
    private final double most;
    private final Tensor average;
    private boolean closed;

    /**
     * Begins at the weights as they are.
     *
     * @param most the factor's limit, below 1
     */
    public PolyakAverage(Weights weights, double most) {
        if (!(most >= 0 && most < 1)) {
            throw new IllegalArgumentException(
                    "the averaging factor is " + most + "; it must be 0 or more and below 1");
        }
        this.weights = weights;
        this.most = most;
        try (PointerScope scope = new PointerScope()) {
            this.average = weights.flat().clone().retainReference();
        }
    }

    /** How much of the average stays at step {@code t}, counted from 0. */
    public static double factor(long t, double most) {
        return Math.min(most, 1 - Math.pow(1.0 + t, -2.0 / 3));
    }

    /** Takes in the weights after step {@code t}. */
    public void update(long t) {
        try (PointerScope scope = new PointerScope()) {
            average.lerp_(weights.flat(), new Scalar(1 - factor(t, most)));
        }
    }

    /** The average, laid out as {@link Weights#flat()}; owned by this object. */
    public Tensor average() {
        return average;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            average.releaseReference();
        }
    }
}
