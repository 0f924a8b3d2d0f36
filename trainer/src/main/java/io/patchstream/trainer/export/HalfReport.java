package io.patchstream.trainer.export;

/**
 * What half precision cost a model, on some pictures.
 *
 * @param pictures how many
 * @param largestLogit of the float32 model
 * @param largestDifference of a logit from the float32 model's, with float32 kernels on the halved weights (a processor)
 * @param largestDifferenceRounded the same with every intermediate result rounded to a half (a GPU at its worst)
 * @param agreement share of pictures to which both give the same label, rounded as a GPU does, 0 to 1
 */
public record HalfReport(
        int pictures,
        double largestLogit,
        double largestDifference,
        double largestDifferenceRounded,
        double agreement) {}
