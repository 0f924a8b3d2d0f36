package io.patchstream.stream.flight;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;

/** A decoded picture that waits for its answer: which frame it is of, and the slot of pixels that it owns. */
public final class PendingPicture implements AutoCloseable {
    private final PendingFrame frame;
    private final int index;
    private final PixelPool.Slot slot;

    /** Takes {@code slot} over. */
    public PendingPicture(PendingFrame frame, int index, PixelPool.Slot slot) {
        this.frame = requireNonNull(frame, "frame");
        this.index = index;
        this.slot = requireNonNull(slot, "slot");
    }

    public PendingFrame frame() {
        return frame;
    }

    /** Its place in the frame, from 0. */
    public int index() {
        return index;
    }

    /** uint8 {@code [H, W, 3]}. */
    public ByteBuffer pixels() {
        return slot.pixels();
    }

    /** Gives the pixels back. May be called twice. */
    @Override
    public void close() {
        slot.close();
    }
}
