package io.patchstream.stream.decode;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.RejectedFrameException;
import java.nio.ByteBuffer;

/** Turns encoded frames into the model's input; one for each decode thread, which closes it. */
public interface FrameDecoder extends AutoCloseable {

    /** Where the pictures of a frame go, one after the other. */
    @FunctionalInterface
    interface Slots {
        /**
         * A slot for the next picture: uint8 {@code [H, W, 3]}, position 0, to be written before the next call and before
         * the decoder returns. Waits while the engine has no memory left.
         */
        ByteBuffer next() throws InterruptedException;
    }

    /**
     * Writes each picture of the frame into a slot, in order.
     *
     * @throws RejectedFrameException when the frame is at fault; a slot that was asked for and not written is discarded
     */
    void decode(EncodedFrame frame, Slots slots) throws RejectedFrameException, InterruptedException;

    /** May be called twice. */
    @Override
    void close();
}
