package io.patchstream.stream.topology;

import io.patchstream.stream.frame.FrameSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many bytes of records are polled and not yet answered, by stream thread and partition. A thread's share is what it
 * may hold before its consumer waits.
 *
 * <p>Shared: each stream thread counts its own records, anybody may look.
 */
final class BufferedBytes {
    private final Map<FrameSource, Long> held = new ConcurrentHashMap<>();
    private final long share;

    /**
     * @param budget bytes of the whole process
     * @param threads stream threads that share it
     */
    BufferedBytes(long budget, int threads) {
        this.share = Math.max(1, budget / threads);
    }

    /** What one thread may hold, its consumer's fetched records included. */
    long share() {
        return share;
    }

    void polled(FrameSource source, long bytes) {
        held.merge(source, bytes, Long::sum);
    }

    void answered(FrameSource source, long bytes) {
        held.computeIfPresent(source, (key, now) -> now > bytes ? now - bytes : null);
    }

    /** Its task is closed: what it held will be read again. */
    void forget(FrameSource source) {
        held.remove(source);
    }

    /** Its thread is gone. */
    void forget(String owner) {
        held.keySet().removeIf(source -> source.owner().equals(owner));
    }

    /** What a thread holds. */
    long of(String owner) {
        return held.entrySet().stream()
                .filter(entry -> entry.getKey().owner().equals(owner))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** What the process holds. */
    long total() {
        return held.values().stream().mapToLong(Long::longValue).sum();
    }
}
