package io.patchstream.trainer.objective;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.PatchPrediction;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.Autocast;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.trainer.torch.Precision;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Masked patch prediction, the paper's self-supervision: the model says of what colour patches are that it does not see.
 * Labels are not looked at. What is corrupted follows libtorch's generator, which the loop seeds for each step.
 */
public final class MaskedPatches implements Objective {
    private static final long SEEDS = 1L << 62;

    private final VisionTransformer model;
    private final Precision precision;
    private final MaskedTarget target;
    private final int grid;

    /**
     * @param model the one in training, with the parameters of {@link PatchPrediction}; borrowed
     * @throws IllegalArgumentException when the model's tokens are no patches of the picture
     */
    public MaskedPatches(VisionTransformer model, Precision precision, MaskedTarget target) {
        ModelConfig config = model.config();
        this.model = model;
        this.precision = precision;
        this.target = target;
        this.grid = config.gridSide();
        if (config.tokenizer() instanceof ModelConfig.ResNet || config.imageSize() % grid != 0) {
            throw new IllegalArgumentException(
                    config.name() + " with pictures of " + config.imageSize() + " pixels and " + grid + " x " + grid
                            + " tokens: masked patch prediction needs tokens that are patches of the picture");
        }
    }

    @Override
    public Result of(Batch batch) {
        SplittableRandom random =
                new SplittableRandom(torch.randint(SEEDS, new long[] {1}).item_long());
        return of(batch, PatchCorruption.draw(random, batch.size(), grid * grid));
    }

    /** With a given corruption. */
    Result of(Batch batch, PatchCorruption corruption) {
        Tensor pixels = Pixels.of(batch.pixels(), batch.size(), batch.side(), batch.side());
        Tensor predicted; // [B * N/2, outputs]
        try (Autocast cast = Autocast.of(precision)) {
            predicted = model.predicted(pixels, corruption.source(), corruption.corrupted())
                    .to(torch.ScalarType.Float);
        }
        return target.of(
                predicted,
                new MaskedTarget.Patches(batch.pixels(), batch.size(), batch.side(), grid, corruption.corrupted()));
    }
}
