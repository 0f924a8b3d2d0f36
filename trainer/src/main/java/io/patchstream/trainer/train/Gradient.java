package io.patchstream.trainer.train;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.distributed.Collective;
import io.patchstream.trainer.model.Weights;
import io.patchstream.trainer.objective.Objective;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * The gradient of the mean loss over a whole batch, however it is divided: over processes, each of which has its part, and
 * within one over micro-batches that fit into memory. Equal divisions or not, each picture weighs the same.
 */
final class Gradient {
    private final Weights weights;
    private final Objective objective;
    private final Collective collective;
    private final int batchSize;
    private final int microBatch;

    /**
     * @param batchSize B, over all processes
     * @param microBatch pictures in memory at a time; 0 for all
     */
    Gradient(Weights weights, Objective objective, Collective collective, int batchSize, int microBatch) {
        this.weights = weights;
        this.objective = objective;
        this.collective = collective;
        this.batchSize = batchSize;
        this.microBatch = microBatch;
    }

    /** Means over the whole batch. */
    record Means(double loss, double right) {}

    /** Leaves the gradient in the weights' own vector, the same bits in every process. */
    Means of(Batch part) {
        weights.gradient().zero_();
        double loss = 0;
        double right = 0;
        int step = microBatch > 0 ? microBatch : part.size();
        for (int from = 0; from < part.size(); from += step) {
            Batch micro = part.part(from, Math.min(part.size(), from + step));
            double share = micro.size() / (double) batchSize;
            try (PointerScope scope = new PointerScope()) {
                Objective.Result result = objective.of(micro);
                result.loss().mul(new Scalar(share)).backward();
                loss += result.loss().item_double() * share;
                right += result.right() * share;
            }
        }
        return summed(loss, right);
    }

    private Means summed(double loss, double right) {
        if (collective.rank().worldSize() == 1) {
            return new Means(loss, right);
        }
        try (PointerScope scope = new PointerScope()) {
            collective.sum(weights.gradient());
            Tensor means = torch.from_blob(
                            new FloatPointer((float) loss, (float) right),
                            new long[] {2},
                            new TensorOptions(torch.ScalarType.Float))
                    .clone();
            collective.sum(means);
            float[] values = new float[2];
            means.data_ptr_float().get(values);
            return new Means(values[0], values[1]);
        }
    }
}
