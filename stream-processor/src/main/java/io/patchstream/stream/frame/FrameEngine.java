package io.patchstream.stream.frame;

/**
 * The one engine of a process: decodes, batches and infers for all stream threads. Shared between threads by design;
 * every method may be called from any of them.
 */
public interface FrameEngine extends AutoCloseable {

    /** Takes a frame in; never blocks. What is read, decoded and inferred happens on the engine's threads. */
    FrameTicket submit(FrameRequest request);

    /** Takes in a frame of no known camera that must be answered. */
    default FrameTicket submit(FrameSource source, FrameReader reader) {
        return submit(FrameRequest.of(source, reader));
    }

    /**
     * Waits for a frame's outcome and moves it to the front of the queue meanwhile.
     *
     * @throws EngineStoppedException when the engine can give no more answers, or gave none within its deadline
     * @throws java.util.concurrent.CancellationException when its source was cancelled
     */
    FrameOutcome await(FrameTicket ticket) throws InterruptedException;

    /** Forgets what a source has submitted and nobody has begun; its task is closed and will be read again. */
    void cancel(FrameSource source);

    /** The model being served. */
    ServedModel model();

    /** What one stream thread out of {@code threads} may hold: about half a second of this engine's work, in frames. */
    int lookAhead(int threads);

    /** What the engine has done so far. */
    EngineStatistics statistics();

    /** Stops the engine's threads and frees its native memory; outstanding tickets fail. May be called twice. */
    @Override
    void close();
}
