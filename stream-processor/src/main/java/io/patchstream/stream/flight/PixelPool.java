package io.patchstream.stream.flight;

import com.google.errorprone.annotations.MustBeClosed;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory of decoded pictures: slots outside the heap, leased and given back, bounded in bytes. All are of one size but
 * while one model takes over from another that takes larger or smaller pictures: the bound holds for both together. A
 * decode thread that finds no memory waits; infer threads give back without waiting for anybody, so that it always ends.
 *
 * <p>Shared by decode threads (lease) and infer threads (give back).
 */
public final class PixelPool implements AutoCloseable {
    private final long maxBytes;
    private final int minSlots;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition givenBack = lock.newCondition();
    // All of slotBytes.
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private int slotBytes;
    private int leased;
    private long leasedBytes;
    private boolean closed;

    /**
     * @param slotBytes bytes of one picture
     * @param maxBytes how much memory may be taken
     * @param minSlots how many slots there are however small {@code maxBytes}
     */
    public PixelPool(int slotBytes, long maxBytes, int minSlots) {
        if (slotBytes < 1 || minSlots < 1) {
            throw new IllegalArgumentException("a pool of " + minSlots + " slots of " + slotBytes + " bytes");
        }
        this.slotBytes = slotBytes;
        this.maxBytes = maxBytes;
        this.minSlots = minSlots;
    }

    /** How many slots may be out at a time. */
    public int capacity() {
        lock.lock();
        try {
            return (int) Math.min(Integer.MAX_VALUE, capacityBytes() / slotBytes);
        } finally {
            lock.unlock();
        }
    }

    private long capacityBytes() {
        return Math.max((long) minSlots * slotBytes, maxBytes);
    }

    /** How many slots are out. */
    public int leased() {
        lock.lock();
        try {
            return leased;
        } finally {
            lock.unlock();
        }
    }

    /** From now on pictures are of so many bytes; what is leased stays until it comes back. */
    public void resize(int bytes) {
        lock.lock();
        try {
            if (bytes != slotBytes) {
                free.clear();
                slotBytes = bytes;
                givenBack.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A slot; the caller owns it and closes it, or hands it on.
     *
     * @throws CancellationException when the pool is closed
     */
    @MustBeClosed
    public Slot lease() throws InterruptedException {
        return lease(slotBytes());
    }

    /** A slot of so many bytes, also of a size that has been left behind; otherwise as {@link #lease()}. */
    @MustBeClosed
    public Slot lease(int bytes) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            // The only one may be larger than all there is, or a frame of an old model could wait for ever.
            while (!closed && leased > 0 && leasedBytes + bytes > capacityBytes()) {
                givenBack.await();
            }
            if (closed) {
                throw new CancellationException("the engine is closed");
            }
            ByteBuffer pixels = bytes == slotBytes ? free.poll() : null;
            if (pixels == null) {
                pixels = AlignedMemory.allocate(bytes);
            }
            leased++;
            leasedBytes += bytes;
            return new Slot(this, pixels);
        } finally {
            lock.unlock();
        }
    }

    private int slotBytes() {
        lock.lock();
        try {
            return slotBytes;
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(ByteBuffer pixels) {
        lock.lock();
        try {
            leased--;
            leasedBytes -= pixels.capacity();
            if (!closed && pixels.capacity() == slotBytes) {
                free.push(pixels);
            }
            // Who waits may need more than one slot's bytes.
            givenBack.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes who waits for a slot; the memory goes as the slots come back. May be called twice. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            free.clear();
            givenBack.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The pixels of one picture, for as long as it is leased: uint8 {@code [H, W, 3]}. */
    public static final class Slot implements AutoCloseable {
        private final PixelPool pool;
        private final AtomicReference<ByteBuffer> pixels;

        private Slot(PixelPool pool, ByteBuffer pixels) {
            this.pool = pool;
            this.pixels = new AtomicReference<>(pixels);
        }

        /** A view of its own on the slot's bytes, from 0 to its size. */
        public ByteBuffer pixels() {
            ByteBuffer leased = pixels.get();
            if (leased == null) {
                throw new IllegalStateException("this slot was given back");
            }
            return leased.duplicate();
        }

        /** Gives the slot back. May be called twice. */
        @Override
        public void close() {
            ByteBuffer leased = pixels.getAndSet(null);
            if (leased != null) {
                pool.giveBack(leased);
            }
        }
    }
}
