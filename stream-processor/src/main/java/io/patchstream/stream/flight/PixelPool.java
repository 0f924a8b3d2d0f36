package io.patchstream.stream.flight;

import com.google.errorprone.annotations.MustBeClosed;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory of decoded pictures: slots of one size outside the heap, leased and given back, bounded in bytes. A decode
 * thread that finds none waits; infer threads give back without waiting for anybody, so that it always ends.
 *
 * <p>Shared by decode threads (lease) and infer threads (give back).
 */
public final class PixelPool implements AutoCloseable {
    private final int slotBytes;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition givenBack = lock.newCondition();
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private int allocated;
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
        this.capacity = (int) Math.max(minSlots, Math.min(Integer.MAX_VALUE, maxBytes / slotBytes));
    }

    /** How many slots may be out at a time. */
    public int capacity() {
        return capacity;
    }

    /** How many slots are out. */
    public int leased() {
        lock.lock();
        try {
            return allocated - free.size();
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
        lock.lockInterruptibly();
        try {
            while (!closed && free.isEmpty() && allocated == capacity) {
                givenBack.await();
            }
            if (closed) {
                throw new CancellationException("the engine is closed");
            }
            if (free.isEmpty()) {
                free.push(AlignedMemory.allocate(slotBytes));
                allocated++;
            }
            return new Slot(this, free.pop());
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(ByteBuffer pixels) {
        lock.lock();
        try {
            if (closed) {
                allocated--;
            } else {
                free.push(pixels);
                givenBack.signal();
            }
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
            allocated -= free.size();
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
