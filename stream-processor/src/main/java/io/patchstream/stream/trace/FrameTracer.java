package io.patchstream.stream.trace;

import io.patchstream.stream.frame.FrameObserver;
import io.patchstream.stream.publish.SourcePosition;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/** Makes the spans of frames. Shared: polling threads observe, stream threads make spans. Never blocks. */
public interface FrameTracer extends AutoCloseable {
    /** Makes none. */
    FrameTracer NONE = new FrameTracer() {
        @Override
        public FrameObserver observe() {
            return FrameObserver.NONE;
        }

        @Override
        public FrameSpan begin(
                FrameObserver observed, SourcePosition source, Headers headers, byte[] key, byte[] value) {
            return FrameSpan.NONE;
        }

        @Override
        public Optional<SpanCounts> counts() {
            return Optional.empty();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    /** Sees a frame that is read from Kafka now on its way through the engine. */
    FrameObserver observe();

    /**
     * The span of a frame whose turn has come.
     *
     * @param observed what {@link #observe} gave for it
     * @param source where it was read
     * @param headers its record's headers: the parent stands there
     * @param key its record's key, or null
     * @param value its record's value, or null
     */
    FrameSpan begin(FrameObserver observed, SourcePosition source, Headers headers, byte[] key, byte[] value);

    /** What has become of the spans; empty where none are made. */
    Optional<SpanCounts> counts();

    /** Sends what waits, for a short while, and says what was lost. */
    @Override
    void close();
}
