package io.patchstream.trainer.optimise;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Turns gradients into changes of weights. Owns its moments; used by one thread at a time. */
public sealed interface Optimiser extends AutoCloseable permits AdamW, Sgd {
    /**
     * Changes the weights in place by their gradient.
     *
     * @param step counted from 0
     * @param learningRate of this step
     */
    void step(long step, double learningRate);

    /** What must be saved to go on later: vectors as long as the weights, by name; owned by this object. */
    Map<String, Tensor> moments();

    @Override
    void close();
}
