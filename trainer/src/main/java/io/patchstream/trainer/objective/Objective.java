package io.patchstream.trainer.objective;

import io.patchstream.trainer.data.Batch;
import org.bytedeco.pytorch.Tensor;

/**
 * The loss of a batch under the model in training. Every call needs an open {@link org.bytedeco.javacpp.PointerScope},
 * which owns what the call returns.
 */
public interface Objective {
    /** The mean loss over the batch's pictures, and how many of them the model names rightly now. */
    Result of(Batch batch);

    /**
     * What came out.
     *
     * @param loss float32, a scalar; ready to be differentiated
     * @param right share of pictures named rightly, from 0 to 1
     */
    record Result(Tensor loss, double right) {}
}
