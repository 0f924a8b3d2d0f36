package io.patchstream.stream.trace;

import io.patchstream.stream.frame.FrameOutcome;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;

/** The span of one frame while it is answered; for one stream thread. A frame that is asked for again leaves it unended. */
public interface FrameSpan extends AutoCloseable {
    /** Of no frame. */
    FrameSpan NONE = new FrameSpan() {
        @Override
        public void outcome(FrameOutcome outcome, Supplier<String> modelSha256) {
            // Nobody listens.
        }

        @Override
        public void publishing(String topic, Headers outgoing) {
            // What was read goes on as it came.
        }

        @Override
        public void failed(RuntimeException cause) {
            // Nobody listens.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    /**
     * The frame has its outcome; once more when it turns out to be none that can be written.
     *
     * @param modelSha256 the model in force, for an outcome that names none
     */
    void outcome(FrameOutcome outcome, Supplier<String> modelSha256);

    /**
     * Its answers go out from now on, the first of them to {@code topic}.
     *
     * @param outgoing the headers of all of them: the trace context there becomes this span's
     */
    void publishing(String topic, Headers outgoing);

    /** There is no answer, and the frame is not to blame. */
    void failed(RuntimeException cause);

    /** All of it is over. */
    @Override
    void close();
}
