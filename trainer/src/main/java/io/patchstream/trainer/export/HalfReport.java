package io.patchstream.trainer.export;

/**
 * What half precision cost a model, on some pictures.
 *
 * @param pictures how many
 * @param largestLogit of the float32 model
 * @param largestDifference of a logit from the float32 model's, as ONNX Runtime computes halves on this processor
 * @param largestDifferenceRounded the same where sums are float32 and every result between nodes is a half, as on a GPU
 * @param agreement share of pictures to which both give the same label, rounded as a GPU does, 0 to 1
 */
public record HalfReport(
        int pictures,
        double largestLogit,
        double largestDifference,
        double largestDifferenceRounded,
        double agreement) {}
