package io.patchstream.trainer.export;

import java.util.Map;

/**
 * What static int8 cost a model.
 *
 * @param method how activation ranges were chosen
 * @param pictures how many pictures accuracies were counted on
 * @param floatAccuracy top-1 of the float32 model, 0 to 1
 * @param accuracy top-1 of the int8 model, 0 to 1
 * @param agreement share of pictures that both give the same label, 0 to 1
 * @param rmsLogitError root of the mean squared difference of logits from the float32 model's
 * @param rmsLogit root of the mean squared logit of the float32 model
 */
public record QuantisationReport(
        String method,
        int pictures,
        double floatAccuracy,
        double accuracy,
        double agreement,
        double rmsLogitError,
        double rmsLogit) {

    /** Percentage points of accuracy lost; negative when it gained. */
    public double dropPoints() {
        return 100 * (floatAccuracy - accuracy);
    }

    /** What goes into the model's lineage. */
    Map<String, Double> metrics() {
        return Map.of("int8-gate-top1", accuracy, "int8-gate-top1-float", floatAccuracy, "int8-gate-pictures", (double)
                pictures);
    }
}
