package io.patchstream.stream.decode;

import io.patchstream.stream.flight.FairLanes;
import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.flight.PictureSink;
import io.patchstream.stream.flight.PixelPool;
import io.patchstream.stream.flight.Tenure;
import io.patchstream.stream.flight.ThreadCrew;
import io.patchstream.stream.flight.Turns;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.vision.model.Preprocessing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The frames that wait to be decoded, and the {@code decode-N} threads that do it. What it holds is bounded by the pixels
 * of the pool: a decode thread that finds no slot waits, and frames queue as the records that they are.
 *
 * <p>Shared: stream threads submit, promote and cancel; one lock, held for queue operations only.
 */
public final class DecodePool implements AutoCloseable {
    private final PictureSink sink;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition submitted = lock.newCondition();
    private final FairLanes<PendingFrame> queue = new FairLanes<>(Function.identity(), new Turns());
    private boolean closed;
    private final ThreadCrew crew;

    /**
     * Starts the threads.
     *
     * @param decoders makes a decoder for a thread and a model's pictures
     * @param inForce the tenure that a frame begins in, held
     * @param pool where pixels come from; stays its owner's
     * @param sink where pictures go
     * @param patience how long close waits for a frame that is being decoded
     * @param escaped takes what a thread died of
     */
    public DecodePool(
            int threads,
            Function<Preprocessing, FrameDecoder> decoders,
            Supplier<Tenure> inForce,
            PixelPool pool,
            PictureSink sink,
            Duration patience,
            Consumer<Throwable> escaped) {
        this.sink = sink;
        this.crew = new ThreadCrew(
                "decode", threads, patience, i -> new DecodeLoop(new Queued(), decoders, inForce, pool, sink), escaped);
    }

    /** Queues a frame; never blocks. The sink was told of it, and will hear that it is settled. */
    public void submit(PendingFrame frame) {
        lock.lock();
        try {
            if (!closed) {
                queue.add(frame);
                submitted.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        sink.settled();
        frame.failed(new EngineStoppedException("the engine is closed", null));
    }

    /** Moves a frame to the front; it is marked as promoted already. */
    public void promote(PendingFrame frame) {
        lock.lock();
        try {
            queue.promote(frame);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what a source has queued; the frames' outcome is the caller's affair. */
    public void cancel(FrameSource source) {
        settle(() -> queue.remove(source));
    }

    /** What a thread sees of it. */
    private final class Queued implements DecodeLoop.Frames {
        @Override
        public PendingFrame take() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (queue.size() == 0 && !closed) {
                    submitted.await();
                }
                if (closed) {
                    throw new InterruptedException("the decode pool is closed");
                }
                return queue.poll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void missed(PendingFrame frame) {
            lock.lock();
            try {
                queue.missed(frame);
            } finally {
                lock.unlock();
            }
        }
    }

    private void settle(Supplier<List<PendingFrame>> removal) {
        List<PendingFrame> removed;
        lock.lock();
        try {
            removed = removal.get();
        } finally {
            lock.unlock();
        }
        removed.forEach(frame -> sink.settled());
    }

    /** Stops the threads; what is queued is forgotten. May be called twice. */
    @Override
    public void close() {
        settle(() -> {
            closed = true;
            submitted.signalAll();
            return queue.clear();
        });
        crew.close();
    }
}
