package io.patchstream.trainer.objective;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.Autocast;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.trainer.torch.Precision;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The model in training as objectives see it: from pictures to logits. */
public interface Student {
    /** @return float32 {@code [B, K]}, on the gradient tape; the open pointer scope owns it */
    Tensor logits(Batch batch);

    /** The whole model, computed each time. */
    static Student whole(VisionTransformer model, Precision precision) {
        return batch -> {
            Tensor pixels = Pixels.of(batch.pixels(), batch.size(), batch.side(), batch.side());
            try (Autocast cast = Autocast.of(precision)) {
                return model.logits(pixels, true).to(torch.ScalarType.Float);
            }
        };
    }
}
