package io.patchstream.stream.flight;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A decoded picture that waits for its answer: which frame it is of, the slot of pixels that it owns, and the tenure of the
 * model that they were decoded for, which it holds.
 */
public final class PendingPicture implements AutoCloseable {
    private final PendingFrame frame;
    private final int index;
    private final PixelPool.Slot slot;
    private final Tenure tenure;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes {@code slot} over; the caller holds {@code tenure}. */
    public PendingPicture(PendingFrame frame, int index, PixelPool.Slot slot, Tenure tenure) {
        this.frame = requireNonNull(frame, "frame");
        this.index = index;
        this.slot = requireNonNull(slot, "slot");
        this.tenure = requireNonNull(tenure, "tenure");
        if (!tenure.hold()) {
            throw new IllegalStateException("tenure " + tenure.number() + " has ended");
        }
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

    /** Of the model that answers it, and no other. */
    public Tenure tenure() {
        return tenure;
    }

    /** Gives the pixels back, and the hold on its model. May be called twice. */
    @Override
    public void close() {
        slot.close();
        if (closed.compareAndSet(false, true)) {
            tenure.release();
        }
    }
}
