package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.tensor.Resampling;
import java.util.List;
import java.util.Optional;

/**
 * What the user says where a checkpoint does not, or where it shall become another.
 *
 * @param name the model's name
 * @param heads h, for layouts that do not show it
 * @param imageSize another image size: positions are resampled
 * @param patchSize another patch size: the patch filter is resampled
 * @param positions by which rule positions are resampled; the family's own when empty
 * @param statistics the pixels' mean and standard deviation by name; the checkpoint's or the family's own when empty
 * @param gelu the form of GELU; the checkpoint's or the family's own when empty
 * @param labels one for each class; the checkpoint's when empty
 * @param headless whether to leave the classifier out, for the embedding alone
 */
public record ImportSettings(
        Optional<String> name,
        Optional<Integer> heads,
        Optional<Integer> imageSize,
        Optional<Integer> patchSize,
        Optional<Resampling> positions,
        Optional<PixelStatistics> statistics,
        Optional<Gelu> gelu,
        List<String> labels,
        boolean headless) {

    public ImportSettings {
        labels = List.copyOf(labels);
    }

    /** All as the checkpoint says. */
    public static ImportSettings asFound() {
        return new ImportSettings(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false);
    }
}
