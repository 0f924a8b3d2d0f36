package io.patchstream.stream.watch;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Whether a processor lives, and whether it is ready. One that rebalances lives: a restart would only make it rebalance
 * again. One that stands still though frames wait does not.
 *
 * <p>Judges from call to call; probes call every few seconds.
 */
final class Health {
    private final Duration stuckAfter;
    private final LongSupplier nanoClock;
    private double processed = -1;
    private long movedAt;

    Health(Duration stuckAfter, LongSupplier nanoClock) {
        this.stuckAfter = stuckAfter;
        this.nanoClock = nanoClock;
        this.movedAt = nanoClock.getAsLong();
    }

    /** Why it should be restarted; empty when it lives. */
    synchronized Optional<String> deadBecause(KafkaStreams.State state, KafkaFigures figures, long bufferedBytes) {
        if (state == KafkaStreams.State.ERROR || state == KafkaStreams.State.NOT_RUNNING) {
            return Optional.of("Kafka Streams is " + state);
        }
        long now = nanoClock.getAsLong();
        boolean waits = figures.isBehind() || bufferedBytes > 0;
        // Compared so that a count which is missing (NaN) twice is no progress.
        boolean moved = Double.compare(figures.processed(), processed) != 0;
        if (state != KafkaStreams.State.RUNNING || !waits || moved) {
            processed = figures.processed();
            movedAt = now;
            return Optional.empty();
        }
        long stoodNanos = now - movedAt;
        return stoodNanos < stuckAfter.toNanos()
                ? Optional.empty()
                : Optional.of("frames wait, and none has been processed for " + stoodNanos / 1_000_000_000
                        + " s (http.stuck.after " + stuckAfter.toSeconds() + " s)");
    }

    /** Why it is not ready; empty when it reads frames. The model was loaded before it came to be. */
    static Optional<String> notReadyBecause(KafkaStreams.State state) {
        return state == KafkaStreams.State.RUNNING ? Optional.empty() : Optional.of("Kafka Streams is " + state);
    }
}
