package io.patchstream.stream.frame;

/**
 * Reads a record's frame, on a decode thread and not on the stream thread: parses the envelope and fetches a claim check.
 */
@FunctionalInterface
public interface FrameReader {
    /**
     * The frame. An unchecked exception says that no record is at fault, as when the schema registry is out of reach: the
     * ticket then fails with an {@link EngineStoppedException} and nothing is published.
     *
     * @throws RejectedFrameException when this one record is at fault
     */
    EncodedFrame read() throws RejectedFrameException;
}
