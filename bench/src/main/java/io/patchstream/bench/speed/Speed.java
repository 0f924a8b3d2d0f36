package io.patchstream.bench.speed;

/**
 * How fast a model is here at one input size, and how much of it memory holds.
 *
 * @param model the variant, with random weights and 1,000 classes
 * @param size H = W of the input
 * @param precision fp32, fp16 or int8
 * @param device as it was asked for
 * @param engine the engine's fingerprint, which names the device that it was
 * @param parameters how many
 * @param multiplyAdds of one picture
 * @param perSecond images a second, at the batch and in the form that gave the most
 * @param perCore images in a second of one core there, or of one GPU: of its CPU time where {@code byCpuTime}, which what else
 *     the machine does leaves alone
 * @param byCpuTime where one thread works on a batch, on a CPU
 * @param batch pictures in a batch there
 * @param callers how many batches at a time
 * @param threads how many work on one
 * @param largest null when it was not asked for
 */
record Speed(
        String model,
        int size,
        String precision,
        String device,
        String engine,
        long parameters,
        long multiplyAdds,
        double perSecond,
        double perCore,
        boolean byCpuTime,
        int batch,
        int callers,
        int threads,
        LargestBatch largest) {
    boolean isOf(String otherModel, int otherSize, String otherPrecision, String otherDevice) {
        return model.equals(otherModel)
                && size == otherSize
                && precision.equals(otherPrecision)
                && device.equals(otherDevice);
    }

    /** Whether an engine of this fingerprint has memory of its own, which is the limit then. */
    static boolean isGpu(String engine) {
        return engine.contains("device=cuda") || engine.contains("device=tensorrt");
    }

    Speed with(LargestBatch found) {
        return new Speed(
                model,
                size,
                precision,
                device,
                engine,
                parameters,
                multiplyAdds,
                perSecond,
                perCore,
                byCpuTime,
                batch,
                callers,
                threads,
                found);
    }
}
