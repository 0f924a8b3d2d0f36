package io.patchstream.stream.page;

import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Between those who work and the page: takes what is put in without ever waiting, and leaves out what does not fit.
 * Shared between threads.
 */
final class Mailbox {
    private static final int ROOM = 512;
    /** How many cameras' pictures are taken; beyond them only answers are. */
    private static final int MOST_CAMERAS = 1024;

    private static final long PICTURE_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(240);
    /** Of all cameras together, one picture in so long: decoding for the page stays below a tenth of a core. */
    private static final long PICTURE_COST_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    private final BlockingQueue<Happening> box = new ArrayBlockingQueue<>(ROOM);
    private final Map<String, Long> lastPicture = new ConcurrentHashMap<>();
    private final LongAdder leftOut = new LongAdder();
    private volatile boolean watched;

    /** Whether anybody looks; while nobody does, only what is rare is worth putting in. */
    boolean isWatched() {
        return watched;
    }

    void setWatched(boolean now) {
        watched = now;
    }

    /** Whether a picture of this camera should be put in now; who is told so does it. */
    boolean wantsPicture(String camera, long nanos) {
        if (!watched || box.remainingCapacity() < ROOM / 2) {
            return false;
        }
        Long last = lastPicture.get(camera);
        long every = Math.max(PICTURE_EVERY_NANOS, PICTURE_COST_NANOS * lastPicture.size());
        if (last == null ? lastPicture.size() >= MOST_CAMERAS : nanos - last < every) {
            return false;
        }
        return last == null ? lastPicture.putIfAbsent(camera, nanos) == null : lastPicture.replace(camera, last, nanos);
    }

    /** Never waits. */
    void offer(Happening happening) {
        if (!box.offer(happening)) {
            leftOut.increment();
        }
    }

    /** The next; null after {@code nanos} without one. */
    Happening poll(long nanos) throws InterruptedException {
        return box.poll(nanos, TimeUnit.NANOSECONDS);
    }

    /** How many did not fit since the start. */
    long leftOut() {
        return leftOut.sum();
    }
}
