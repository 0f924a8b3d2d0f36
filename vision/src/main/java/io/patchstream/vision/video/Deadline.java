package io.patchstream.vision.video;

import java.time.Duration;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Ends FFmpeg's blocking calls: when time is up, or when another thread wants the end.
 *
 * <p>One native callback serves every source (JavaCPP has only ten slots for callbacks of a class); which source is asked
 * about comes in as a pointer to its deadline.
 */
final class Deadline implements AutoCloseable {
    private static final AVIOInterruptCB.Callback_Pointer EXPIRED = new AVIOInterruptCB.Callback_Pointer() {
        @Override
        public int call(Pointer opaque) {
            long deadline = new LongPointer(opaque).get(0);
            return deadline == ABORTED || System.nanoTime() - deadline > 0 ? 1 : 0;
        }
    };
    private static final long ABORTED = Long.MIN_VALUE;

    private final LongPointer nanos = new LongPointer(1);
    private boolean aborted;
    private boolean closed;

    void attachTo(AVFormatContext format) {
        format.interrupt_callback().callback(EXPIRED).opaque(nanos);
    }

    synchronized void in(Duration patience) {
        if (!aborted) {
            nanos.put(0, System.nanoTime() + patience.toNanos());
        }
    }

    /** From any thread: what blocks now ends, and nothing blocks again. */
    synchronized void abort() {
        aborted = true;
        if (!closed) {
            nanos.put(0, ABORTED);
        }
    }

    synchronized boolean isAborted() {
        return aborted;
    }

    /** Whether time is up: FFmpeg's error code does not always tell. */
    synchronized boolean hasPassed() {
        return !closed && !aborted && System.nanoTime() - nanos.get(0) > 0;
    }

    /** After the format context is closed. */
    @Override
    public synchronized void close() {
        closed = true;
        nanos.close();
    }
}
