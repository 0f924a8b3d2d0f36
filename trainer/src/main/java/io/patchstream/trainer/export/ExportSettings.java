package io.patchstream.trainer.export;

import static java.util.Objects.requireNonNull;

import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a model is to be exported.
 *
 * @param flavour which operators to write it with
 * @param precision how its arithmetic is done
 * @param temperature what logits are divided by before the softmax
 * @param mostDropPoints int8 only: how many percentage points of top-1 accuracy it may cost
 * @param weightBits int8 only: 8, or 7 for processors without VNNI, whose 16-bit sums overflow at 8
 * @param kept int8 only: dense layers that stay float, by name ({@code blocks.3.mlp.fc2}) or with {@code *} for any number
 */
public record ExportSettings(
        Flavour flavour,
        Precision precision,
        double temperature,
        double mostDropPoints,
        int weightBits,
        List<String> kept) {
    public ExportSettings {
        requireNonNull(flavour, "flavour");
        requireNonNull(precision, "precision");
        kept = List.copyOf(kept);
        if (weightBits != 7 && weightBits != 8) {
            throw new IllegalArgumentException("weights of " + weightBits + " bits; it must be 7 or 8");
        }
        if (!(mostDropPoints >= 0)) {
            throw new IllegalArgumentException("mostDropPoints is " + mostDropPoints + "; it must be 0 or more");
        }
    }

    /** Temperature 1; int8 may cost half a point. */
    public static ExportSettings of(Flavour flavour, Precision precision) {
        return new ExportSettings(flavour, precision, 1, 0.5, 8, List.of());
    }

    /** All layers become int8. */
    public ExportSettings(
            Flavour flavour, Precision precision, double temperature, double mostDropPoints, int weightBits) {
        this(flavour, precision, temperature, mostDropPoints, weightBits, List.of());
    }

    /**
     * The layers of {@code all} that become int8.
     *
     * @throws ExportException when a name of {@link #kept()} is that of none
     */
    List<String> quantised(List<String> all) {
        List<String> left = new ArrayList<>(all);
        for (String name : kept) {
            Pattern pattern = Pattern.compile(Pattern.quote(name).replace("*", "\\E[0-9a-z.]*\\Q"));
            if (all.stream().noneMatch(layer -> pattern.matcher(layer).matches())) {
                throw new ExportException("no layer is called " + name + "; there are " + String.join(", ", all));
            }
            left.removeIf(layer -> pattern.matcher(layer).matches());
        }
        return left;
    }
}
