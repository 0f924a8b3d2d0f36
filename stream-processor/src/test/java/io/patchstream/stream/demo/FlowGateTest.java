package io.patchstream.stream.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FlowGateTest {
    private static final long SECOND = 1_000_000_000L;

    private final FrameBooks books = new FrameBooks();
    private final FlowGate gate = new FlowGate(books, 10);

    @Test
    void shouldBeClosedUntilItStarts() {
        assertThat(gate.isOpen()).isFalse();

        gate.start(0);

        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void shouldCloseWhenTheLeastIsOnItsWayAndNothingIsAnswered() {
        gate.start(0);
        books.sent("a", 0, 10);
        gate.answered(0, SECOND);

        assertThat(gate.isOpen()).isFalse();

        books.labelled("a", 0, false);

        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void shouldLetMoreOnTheWayWhenMoreIsAnswered() {
        gate.start(0);
        books.sent("a", 0, 100);
        for (int second = 1; second <= 20; second++) {
            gate.answered(100L * second, second * SECOND);
        }

        assertThat(gate.isOpen()).isTrue();
        books.sent("a", 100, 50);
        assertThat(gate.isOpen()).isFalse();
    }

    @Test
    void shouldCloseAgainWhenAnswersStop() {
        gate.start(0);
        for (int second = 1; second <= 20; second++) {
            gate.answered(100L * second, second * SECOND);
        }
        books.sent("a", 0, 20);
        for (int second = 21; second <= 40; second++) {
            gate.answered(2000, second * SECOND);
        }

        assertThat(gate.isOpen()).isFalse();
    }
}
