package io.patchstream.trainer.export;

import io.patchstream.trainer.data.CalibrationSplit;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;

/**
 * Pictures that neither weights nor temperature were fitted on.
 *
 * @param limits conformal threshold and limits of distance are chosen on these
 * @param rest what they do is counted on these
 */
public record Untouched(LabelledPixels limits, LabelledPixels rest) {
    /** As {@code evaluate} divides a data set; of each part {@code most} at most. */
    public static Untouched of(Dataset evaluated, Preprocessing preprocessing, int most) throws IOException {
        CalibrationSplit split = CalibrationSplit.of(evaluated);
        return new Untouched(
                DatasetPictures.first(split.limits(), preprocessing, most),
                DatasetPictures.first(split.rest(), preprocessing, most));
    }
}
