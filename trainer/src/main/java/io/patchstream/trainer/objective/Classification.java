package io.patchstream.trainer.objective;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.Autocast;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.trainer.torch.Precision;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Supervised learning: the model is to give each picture its target probabilities. */
public final class Classification implements Objective {
    private final VisionTransformer model;
    private final Precision precision;
    private final LossKind loss;

    /** @param model the one in training; borrowed */
    public Classification(VisionTransformer model, Precision precision, LossKind loss) {
        this.model = model;
        this.precision = precision;
        this.loss = loss;
    }

    @Override
    public Result of(Batch batch) {
        Tensor pixels = Pixels.of(batch.pixels(), batch.size(), batch.side(), batch.side());
        Tensor targets = Pixels.targets(batch.targets(), batch.size());
        Tensor logits = logits(model, precision, pixels);
        return new Result(loss.of(logits, targets), right(logits, batch.labels()));
    }

    /** The model's logits in training, float32 {@code [B, K]}. */
    static Tensor logits(VisionTransformer model, Precision precision, Tensor pixels) {
        try (Autocast cast = Autocast.of(precision)) {
            return model.logits(pixels, true).to(torch.ScalarType.Float);
        }
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
