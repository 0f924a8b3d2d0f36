package io.patchstream.stream.frame;

/**
 * Reads a record's frame, on a decode thread and not on the stream thread: parses the envelope and fetches a claim check.
 */
@FunctionalInterface
public interface FrameReader {
    /**
     * The frame.
     *
     * @throws RejectedFrameException when this one record is at fault
     */
    EncodedFrame read() throws RejectedFrameException;
}
