package io.patchstream.stream.page;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Frames that were shown last, as they came, as many as fit: a thumbnail is not what the model saw. Guarded by its own lock. */
final class Originals {
    private final long mostBytes;
    private final Map<Long, ByteBuffer> frames = new LinkedHashMap<>();
    private long bytes;

    Originals(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Keeps a copy in place of the oldest. */
    synchronized void add(long id, ByteBuffer frame) {
        if (frame.remaining() > mostBytes) {
            return;
        }
        ByteBuffer copy =
                ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip();
        frames.put(id, copy.asReadOnlyBuffer());
        bytes += copy.remaining();
        var oldest = frames.values().iterator();
        while (bytes > mostBytes) {
            bytes -= oldest.next().remaining();
            oldest.remove();
        }
    }

    /** Empty when it is kept no longer. */
    synchronized Optional<ByteBuffer> find(long id) {
        return Optional.ofNullable(frames.get(id)).map(ByteBuffer::duplicate);
    }
}
