package io.patchstream.stream.flight;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.frame.ServedModel;

/** A model on a device, as the batcher sees it. Shared by the infer threads, each of which has a runner of its own. */
public interface ServingModel extends AutoCloseable {
    /** The model as it is served now; its fingerprint changes when a recovery moves it to another device. */
    ServedModel served();

    /** How many pictures each of its runs has, filled up where fewer came; 0 for as many as come. */
    default int run() {
        return 0;
    }

    /** How many recoveries there were: a runner's failure is of the generation that it ran in. */
    int generation();

    /** Moves away from a device that failed. True when there is a session to go on with; false when nothing is left. */
    boolean recover(int failedGeneration);

    /** A runner for one thread and at most {@code maxBatch} pictures, in memory of its own; the caller closes it. */
    @MustBeClosed
    default BatchRunner newRunner(int maxBatch) {
        return newRunner(maxBatch, new BatchMemory());
    }

    /** A runner in that thread's memory; the caller closes it. */
    @MustBeClosed
    BatchRunner newRunner(int maxBatch, BatchMemory memory);

    /** Frees the session; runners are closed before. May be called twice. */
    @Override
    void close();
}
