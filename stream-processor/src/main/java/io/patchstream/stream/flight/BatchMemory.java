package io.patchstream.stream.flight;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;

/**
 * What one infer thread's batches are written to and answered in. It outlives the models that run in it, so that a change
 * of model takes new memory only where the new one needs more. All runners over it belong to that one thread, which runs
 * one batch at a time.
 */
public final class BatchMemory {
    /** What a runner needs memory for. */
    public enum Part {
        PIXELS,
        PROBABILITIES,
        EMBEDDING,
        DISTANCE
    }

    private final Map<Part, ByteBuffer> parts = new EnumMap<>(Part.class);

    /** So many bytes of a part, aligned; the same bytes that were given out before, unless these are more. */
    public synchronized ByteBuffer atLeast(Part part, int bytes) {
        ByteBuffer memory = parts.get(part);
        if (memory == null || memory.capacity() < bytes) {
            memory = AlignedMemory.allocate(bytes);
            parts.put(part, memory);
        }
        return memory.slice(0, bytes);
    }
}
