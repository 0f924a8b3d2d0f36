package io.patchstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SteadyPartTest {
    private long answered;
    private long seconds;
    private SteadyPart part;

    @BeforeEach
    void begin() {
        answered = 1000;
        part = new SteadyPart(
                20,
                100,
                () -> answered,
                () -> new SteadyPart.Spent(seconds * 1_000_000_000, seconds * 2, ThreadCpu.now()));
    }

    private void at(long second, long answers, boolean anyOver) {
        seconds = second;
        answered = 1000 + answers;
        part.look(anyOver);
    }

    @Test
    void shouldLeaveOutBeginningAndEnd() {
        at(3, 0, false);
        at(5, 19, false);
        at(6, 30, false);
        at(10, 129, false);
        at(11, 132, false);
        at(20, 150, true);
        part.over();

        assertThat(part.frames()).isEqualTo(102);
        assertThat(part.seconds()).isEqualTo(5);
        assertThat(part.transactions()).isEqualTo(10);
        assertThat(part.isSteady()).isTrue();
    }

    @Test
    void shouldEndWhenAStreamThreadHasNothingLeft() {
        at(6, 30, false);
        at(8, 70, true);
        at(20, 150, true);
        part.over();

        assertThat(part.frames()).isEqualTo(40);
        assertThat(part.seconds()).isEqualTo(2);
        assertThat(part.isSteady()).isTrue();
    }

    @Test
    void shouldMeasureAllOfARoundThatWasNeverSteadyAndSaySo() {
        at(4, 150, true);
        part.over();

        assertThat(part.frames()).isEqualTo(150);
        assertThat(part.seconds()).isEqualTo(4);
        assertThat(part.isSteady()).isFalse();
    }

    @Test
    void shouldMeasureAllOfARoundThatEndedBeforeItsFramesWereAnswered() {
        at(2, 30, false);
        at(4, 90, false);
        part.over();

        assertThat(part.frames()).isEqualTo(90);
        assertThat(part.isSteady()).isFalse();
    }
}
