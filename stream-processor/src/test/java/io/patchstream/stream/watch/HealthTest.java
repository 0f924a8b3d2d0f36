package io.patchstream.stream.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthTest {
    private long now;
    private double answers;
    private final Health health = new Health(Duration.ofSeconds(60), () -> now);

    private Optional<String> after(int seconds, State state, double processed, double lag, long buffered) {
        answers++;
        return silentAfter(seconds, state, processed, lag, buffered);
    }

    /** Nobody was answered meanwhile. */
    private Optional<String> silentAfter(int seconds, State state, double processed, double lag, long buffered) {
        now += seconds * 1_000_000_000L;
        KafkaFigures figures =
                new KafkaFigures(processed, Map.of(new KafkaFigures.Place("f", "0"), lag), 1, 1, 0, answers);
        return health.deadBecause(state, figures, buffered);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLiveInEveryStateButTheLast(State state) {
        boolean dead = state == State.ERROR || state == State.NOT_RUNNING;
        assertThat(after(0, state, 0, 0, 0).isPresent()).isEqualTo(dead);
        assertThat(Health.notReadyBecause(state).isEmpty()).isEqualTo(state == State.RUNNING);
    }

    @Test
    void shouldBeDeadWhenFramesWaitAndNoneIsProcessed() {
        assertThat(after(0, State.RUNNING, 5, 10, 0)).isEmpty();
        assertThat(after(59, State.RUNNING, 5, 10, 0)).isEmpty();
        assertThat(after(1, State.RUNNING, 5, 10, 0))
                .contains("frames wait, and none has been processed for 60 s (http.stuck.after 60 s)");
        assertThat(after(1, State.RUNNING, 6, 10, 0)).as("it moves again").isEmpty();
        assertThat(after(60, State.RUNNING, 6, 0, 100))
                .as("polled and not answered")
                .isPresent();
    }

    @Test
    void shouldNotTakeAMissingCountForProgress() {
        assertThat(after(0, State.RUNNING, Double.NaN, 10, 0)).isEmpty();
        assertThat(after(60, State.RUNNING, Double.NaN, 10, 0)).isPresent();
    }

    @Test
    void shouldLiveWhileThereIsNothingToDo() {
        assertThat(after(0, State.RUNNING, 5, 0, 0)).isEmpty();
        assertThat(after(3600, State.RUNNING, 5, 0, 0)).isEmpty();
        assertThat(after(59, State.RUNNING, 5, 1, 0)).as("since frames wait").isEmpty();
    }

    @Test
    void shouldLiveWhileItRebalances() {
        assertThat(after(0, State.RUNNING, 5, 10, 0)).isEmpty();
        assertThat(after(3600, State.REBALANCING, 5, 10, 0)).isEmpty();
        assertThat(after(59, State.RUNNING, 5, 10, 0)).isEmpty();
    }

    @Test
    void shouldLiveWhileNoBrokerAnswersAndLagAndBufferStayAsTheyWere() {
        assertThat(after(0, State.RUNNING, 5, 10, 100)).isEmpty();
        for (int seconds = 10; seconds <= 3600; seconds += 10) {
            assertThat(silentAfter(10, State.RUNNING, 5, 10, 100))
                    .as("after %d s", seconds)
                    .isEmpty();
        }
        assertThat(after(10, State.RUNNING, 5, 10, 100))
                .as("the broker is back")
                .isEmpty();
        assertThat(after(40, State.RUNNING, 5, 10, 100))
                .as("time to fetch again")
                .isEmpty();
        assertThat(after(20, State.RUNNING, 5, 10, 100))
                .as("it answers, and nothing moves")
                .isPresent();
    }

    @Test
    void shouldStayDeadWhenTheBrokerGoesAwayAfterwards() {
        after(0, State.RUNNING, 5, 10, 0);
        assertThat(after(60, State.RUNNING, 5, 10, 0)).isPresent();
        for (int i = 0; i < 20; i++) {
            assertThat(silentAfter(10, State.RUNNING, 5, 10, 0)).isPresent();
        }
    }

    @Test
    void shouldJudgeWithoutTheCountOfAnswers() {
        answers = Double.NaN;
        assertThat(silentAfter(0, State.RUNNING, 5, 10, 0)).isEmpty();
        assertThat(silentAfter(60, State.RUNNING, 5, 10, 0)).isPresent();
    }
}
