package io.patchstream.trainer.objective;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.torch.Pixels;
import org.bytedeco.pytorch.Tensor;

/** Supervised learning: the model is to give each picture its target probabilities. */
public final class Classification implements Objective {
    private final Student student;
    private final LossKind loss;

    /** @param student the model in training; borrowed */
    public Classification(Student student, LossKind loss) {
        this.student = student;
        this.loss = loss;
    }

    @Override
    public Result of(Batch batch) {
        Tensor targets = Pixels.targets(batch.targets(), batch.size());
        Tensor logits = student.logits(batch);
        return new Result(loss.of(logits, targets), right(logits, batch.labels()));
    }

    /** The share of rows whose largest logit is the label's; among equals the first counts. */
    static double right(Tensor logits, int[] labels) {
        int classes = (int) logits.size(1);
        float[] values = new float[labels.length * classes];
        logits.contiguous().data_ptr_float().get(values);
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int best = 0;
            for (int j = 1; j < classes; j++) {
                best = values[i * classes + j] > values[i * classes + best] ? j : best;
            }
            right += best == labels[i] ? 1 : 0;
        }
        return right / (double) labels.length;
    }
}
