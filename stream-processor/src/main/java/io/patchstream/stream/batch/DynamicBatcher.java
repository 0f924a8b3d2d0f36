package io.patchstream.stream.batch;

import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.flight.PendingPicture;
import io.patchstream.stream.flight.PictureSink;
import io.patchstream.stream.flight.Turns;
import io.patchstream.stream.frame.BatchingStatistics;
import io.patchstream.stream.frame.FrameSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Gathers decoded pictures into batches: fair between cameras, what is waited for first, dispatched when and at the
 * size that the {@link BatchPlanner} says. A batch is of one model; what a change of model leaves over goes out at once.
 *
 * <p>Shared by decode threads (offer), infer threads (take, finished) and stream threads (waiting, promote, cancel); one
 * lock, held for queue operations only.
 */
public final class DynamicBatcher implements PictureSink {
    /** After running out of memory, the limit grows by one picture in so many good batches. */
    private static final int BATCHES_PER_STEP_UP = 256;

    private final int maxBatch;
    private final BatchPlanner planner;
    private final LongSupplier nanoClock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ReadyLanes<Queued> ready = new ReadyLanes<>(queued -> queued.picture, new Turns());
    private final ArrayDeque<Queued> byAge = new ArrayDeque<>();
    // Who may submit: the owners of open sources. Who of them waits: with how many threads.
    private final Map<String, Set<FrameSource>> owners = new HashMap<>();
    private final Map<String, Integer> waiting = new HashMap<>();
    private int upstream;
    private int running;
    private int limit;
    private int goodBatches;
    private final long[] sizes;
    private final Map<String, Long> shares = new HashMap<>();
    private long waitedNanos;
    private boolean closed;

    /** A picture in the queue, and since when. */
    private static final class Queued {
        private final PendingPicture picture;
        private final long since;
        private boolean gone;

        private Queued(PendingPicture picture, long since) {
            this.picture = picture;
            this.since = since;
        }
    }

    public DynamicBatcher(int maxBatch, BatchPlanner planner, LongSupplier nanoClock) {
        this.maxBatch = maxBatch;
        this.sizes = new long[maxBatch + 1];
        this.limit = maxBatch;
        this.planner = planner;
        this.nanoClock = nanoClock;
    }

    /** A frame is on its way here: it will be settled, and its source may submit more. */
    public void announce(FrameSource source) {
        lock.lock();
        try {
            owners.computeIfAbsent(source.owner(), o -> new HashSet<>()).add(source);
            upstream++;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void settled() {
        lock.lock();
        try {
            upstream--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void offer(PendingPicture picture) {
        lock.lock();
        try {
            if (closed || picture.frame().isDone()) {
                picture.close();
                return;
            }
            Queued queued = new Queued(picture, nanoClock.getAsLong());
            planner.arrived(queued.since);
            ready.add(queued);
            byAge.add(queued);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Moves the ready pictures of a frame to the front; it is marked as promoted already. */
    public void promote(PendingFrame frame) {
        lock.lock();
        try {
            ready.promote(frame);
        } finally {
            lock.unlock();
        }
    }

    /** A thread of this owner begins to wait, and submits nothing meanwhile. */
    public void waiting(String owner) {
        lock.lock();
        try {
            waiting.merge(owner, 1, Integer::sum);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A thread of this owner waits no longer. */
    public void resumed(String owner) {
        lock.lock();
        try {
            waiting.computeIfPresent(owner, (o, threads) -> threads == 1 ? null : threads - 1);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the ready pictures of a source, and that it may submit. */
    public void cancel(FrameSource source) {
        lock.lock();
        try {
            ready.remove(source).forEach(queued -> {
                queued.gone = true;
                queued.picture.close();
            });
            owners.computeIfPresent(source.owner(), (o, sources) -> {
                sources.remove(source);
                return sources.isEmpty() ? null : sources;
            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next batch; the caller owns its pictures, and calls {@link #finished} when it is through with them. Waits until
     * there is one.
     *
     * @return at least one picture; none when the batcher is closed
     */
    public List<PendingPicture> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed) {
                if (ready.size() == 0) {
                    changed.await();
                    continue;
                }
                int target = planner.target(limit);
                long nanos = nanosToWait(target);
                while (nanos > 0 && !closed && ready.size() > 0) {
                    changed.awaitNanos(nanos);
                    nanos = nanosToWait(target);
                }
                List<PendingPicture> batch = ready.size() == 0 ? List.of() : gather(target);
                if (!batch.isEmpty()) {
                    return batch;
                }
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #take}, but never waits: the batch that goes out now, or none. */
    List<PendingPicture> takeNow(int target) {
        lock.lock();
        try {
            return ready.size() == 0 || nanosToWait(target) > 0 ? List.of() : gather(target);
        } finally {
            lock.unlock();
        }
    }

    /** A batch that was taken is through; {@code good} when it ran without a fault. */
    public void finished(boolean good) {
        lock.lock();
        try {
            running--;
            if (good && limit < maxBatch && ++goodBatches % BATCHES_PER_STEP_UP == 0) {
                limit++;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The device ran out of memory: from now on batches of at most {@code size}. */
    public void shrink(int size) {
        lock.lock();
        try {
            limit = Math.max(1, Math.min(limit, size));
        } finally {
            lock.unlock();
        }
    }

    /** The largest batch at present. */
    public int limit() {
        lock.lock();
        try {
            return limit;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How batches were made.
     *
     * @param serviceCurve what is known of the device
     */
    public BatchingStatistics statistics(List<BatchingStatistics.ServicePoint> serviceCurve) {
        lock.lock();
        try {
            TreeMap<Integer, Long> bySize = new TreeMap<>();
            for (int size = 1; size < sizes.length; size++) {
                if (sizes[size] > 0) {
                    bySize.put(size, sizes[size]);
                }
            }
            return new BatchingStatistics(
                    serviceCurve, limit, bySize, ready.size(), waitedNanos / 1e9, new TreeMap<>(shares));
        } finally {
            lock.unlock();
        }
    }

    private void count(Queued queued, long now) {
        String camera = queued.picture.frame().camera();
        boolean named = shares.containsKey(camera) || shares.size() < BatchingStatistics.CAMERAS;
        shares.merge(named ? camera : BatchingStatistics.OTHERS, 1L, Long::sum);
        waitedNanos += now - queued.since;
    }

    /** Gives back what is queued; {@link #take} returns empty from now on. May be called twice. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            ready.clear().forEach(queued -> queued.picture.close());
            byAge.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private long nanosToWait(int target) {
        while (!byAge.isEmpty() && byAge.peek().gone) {
            byAge.poll();
        }
        if (byAge.isEmpty() || ready.hasRetired()) {
            return 0;
        }
        long now = nanoClock.getAsLong();
        BatchPlanner.Situation situation = new BatchPlanner.Situation(
                ready.size(),
                upstream > 0,
                waiting.keySet().containsAll(owners.keySet()),
                running == 0,
                now - byAge.peek().since,
                now);
        return planner.nanosToWait(situation, target);
    }

    private List<PendingPicture> gather(int target) {
        int most = Math.min(target, ready.inTurn());
        List<PendingPicture> batch = new ArrayList<>(most);
        long nanosToAnswer = planner.expectedNanos(most);
        long now = nanoClock.getAsLong();
        ReadyLanes<Queued>.Draw draw = ready.draw();
        Queued queued = draw.next();
        while (queued != null) {
            queued.gone = true;
            PendingFrame frame = queued.picture.frame();
            if (frame.dropIfLate(nanosToAnswer)) {
                draw.missed(frame);
                queued.picture.close();
            } else {
                batch.add(queued.picture);
                count(queued, now);
            }
            queued = batch.size() < target ? draw.next() : null;
        }
        if (!batch.isEmpty()) {
            sizes[batch.size()]++;
            running++;
        }
        return batch;
    }
}
