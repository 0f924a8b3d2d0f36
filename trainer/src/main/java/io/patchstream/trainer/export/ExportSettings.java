package io.patchstream.trainer.export;

import static java.util.Objects.requireNonNull;

import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;

/**
 * How a model is to be exported.
 *
 * @param flavour which operators to write it with
 * @param precision how its arithmetic is done; FP16 is not there yet
 * @param temperature what logits are divided by before the softmax
 * @param mostDropPoints int8 only: how many percentage points of top-1 accuracy it may cost
 * @param weightBits int8 only: 8, or 7 for processors without VNNI, whose 16-bit sums overflow at 8
 */
public record ExportSettings(
        Flavour flavour, Precision precision, double temperature, double mostDropPoints, int weightBits) {
    public ExportSettings {
        requireNonNull(flavour, "flavour");
        requireNonNull(precision, "precision");
        if (weightBits != 7 && weightBits != 8) {
            throw new IllegalArgumentException("weights of " + weightBits + " bits; it must be 7 or 8");
        }
        if (!(mostDropPoints >= 0)) {
            throw new IllegalArgumentException("mostDropPoints is " + mostDropPoints + "; it must be 0 or more");
        }
    }

    /** Temperature 1; int8 may cost half a point. */
    public static ExportSettings of(Flavour flavour, Precision precision) {
        return new ExportSettings(flavour, precision, 1, 0.5, 8);
    }
}
