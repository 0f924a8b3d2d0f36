package io.patchstream.stream.watch;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Whether a processor lives, and whether it is ready. One that rebalances lives: a restart would only make it rebalance
 * again. One that stands still though frames wait does not, unless no broker answers: a restart mends no broker, and what
 * waits is then only what was last known (a consumer's lag stays at its last value) or what cannot be committed.
 *
 * <p>Judges from call to call; probes call every few seconds.
 */
final class Health {
    private final Duration stuckAfter;
    private final LongSupplier nanoClock;
    private double processed = -1;
    private long movedAt;
    private double answers = -1;
    private long answeredAt;

    Health(Duration stuckAfter, LongSupplier nanoClock) {
        this.stuckAfter = stuckAfter;
        this.nanoClock = nanoClock;
        this.movedAt = nanoClock.getAsLong();
        this.answeredAt = movedAt;
    }

    /** Why it should be restarted; empty when it lives. */
    synchronized Optional<String> deadBecause(KafkaStreams.State state, KafkaFigures figures, long bufferedBytes) {
        if (state == KafkaStreams.State.ERROR || state == KafkaStreams.State.NOT_RUNNING) {
            return Optional.of("Kafka Streams is " + state);
        }
        long now = nanoClock.getAsLong();
        boolean silent = isBrokerSilent(figures, now);
        boolean waits = figures.isBehind() || bufferedBytes > 0;
        // Compared so that a count which is missing (NaN) twice is no progress.
        boolean moved = Double.compare(figures.processed(), processed) != 0;
        // Who has stood still for too long while brokers answered is not excused by their going away.
        boolean excused = silent && now - movedAt < stuckAfter.toNanos();
        if (state != KafkaStreams.State.RUNNING || !waits || moved || excused) {
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

    /** Whether no client was answered for half the time that a standstill may take; clients ask every few seconds. */
    private boolean isBrokerSilent(KafkaFigures figures, long now) {
        if (Double.isNaN(figures.answers()) || Double.compare(figures.answers(), answers) != 0) {
            answers = figures.answers();
            answeredAt = now;
        }
        return now - answeredAt >= stuckAfter.toNanos() / 2;
    }

    /** Why it is not ready; empty when it reads frames. The model was loaded before it came to be. */
    static Optional<String> notReadyBecause(KafkaStreams.State state) {
        return state == KafkaStreams.State.RUNNING ? Optional.empty() : Optional.of("Kafka Streams is " + state);
    }
}
