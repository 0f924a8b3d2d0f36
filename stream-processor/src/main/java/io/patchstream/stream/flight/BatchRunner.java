package io.patchstream.stream.flight;

import java.nio.ByteBuffer;
import java.util.List;

/** Runs batches for one thread, in memory of its own that is reused from batch to batch. */
public interface BatchRunner extends AutoCloseable {
    /**
     * Answers each picture of a batch; the answers do not depend on which others are in it.
     *
     * @param pictures uint8 {@code [H, W, 3]} each; read during the call only
     * @return one answer per picture, in order
     * @throws InferenceException when there is no answer for any of them
     */
    List<PictureAnswer> run(List<ByteBuffer> pictures) throws InferenceException;

    /**
     * Runs one picture that is known to be good.
     *
     * @throws InferenceException when the fault is not with the frames but with the device
     */
    void runCanary() throws InferenceException;

    /** May be called twice. */
    @Override
    void close();
}
