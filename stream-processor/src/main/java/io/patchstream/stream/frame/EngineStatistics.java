package io.patchstream.stream.frame;

/**
 * What an engine has done since it started.
 *
 * @param pictures pictures inferred
 * @param batches batches run
 * @param rejected frames rejected
 * @param dropped frames left out because they were late
 * @param cancelled frames cancelled before they were begun
 * @param promoted frames that a stream thread waited for and that moved to the front
 * @param modelsTaken models that took over from another while frames flowed
 * @param modelsRefused models that were found in the models folder and may not be served
 * @param inference how long batches took, by the clock
 * @param batching what is known of the device, and how batches were made
 */
public record EngineStatistics(
        long pictures,
        long batches,
        long rejected,
        long dropped,
        long cancelled,
        long promoted,
        long modelsTaken,
        long modelsRefused,
        DurationHistogram.Counts inference,
        BatchingStatistics batching) {
    /** The same, with {@code more} models refused: by who chooses them for the engine. */
    public EngineStatistics withMoreRefused(long more) {
        return new EngineStatistics(
                pictures,
                batches,
                rejected,
                dropped,
                cancelled,
                promoted,
                modelsTaken,
                modelsRefused + more,
                inference,
                batching);
    }

    /** Pictures per batch; 0 before the first. */
    public double batchMean() {
        return batches == 0 ? 0 : (double) pictures / batches;
    }
}
