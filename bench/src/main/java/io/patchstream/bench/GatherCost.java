package io.patchstream.bench;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.flight.AlignedMemory;
import io.patchstream.stream.flight.PixelPool;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What it costs to copy pictures from the slots that they were decoded to into the memory of a batch, as the engine does
 * for batches of more than one. The slots are taken in no order and are more than the caches hold, so that each copy is
 * as dear as it can be.
 */
final class GatherCost implements AutoCloseable {
    private static final int BATCH = 8;

    private final int pictureBytes;
    private final PixelPool pool;
    private final List<PixelPool.Slot> slots = new ArrayList<>();
    private final List<ByteBuffer> pictures = new ArrayList<>();
    private final ByteBuffer batch;

    /** Takes the memory of as many pictures as the engine holds at most by default. */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes the slots.
    GatherCost(int pictureBytes) throws InterruptedException {
        this.pictureBytes = pictureBytes;
        this.pool = new PixelPool(pictureBytes, EngineSettings.defaults().queueBytes(), BATCH);
        int count = pool.capacity();
        this.batch = AlignedMemory.allocate(BATCH * pictureBytes);
        byte[] noise = new byte[pictureBytes];
        Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            random.nextBytes(noise);
            PixelPool.Slot slot = pool.lease();
            slots.add(slot);
            pictures.add(slot.pixels().put(0, noise));
        }
        Collections.shuffle(pictures, random);
    }

    /** Copies until the deadline; returns how many pictures that were. */
    long until(long nanoDeadline) {
        long copied = 0;
        do {
            for (int place = 0; place < BATCH; place++) {
                ByteBuffer picture = pictures.get((int) (copied++ % pictures.size()));
                batch.put(place * pictureBytes, picture, 0, pictureBytes);
            }
        } while (System.nanoTime() < nanoDeadline);
        return copied;
    }

    @Override
    public void close() {
        slots.forEach(PixelPool.Slot::close);
        pool.close();
    }
}
