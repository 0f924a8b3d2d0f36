package io.patchstream.stream.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.Stage;
import org.junit.jupiter.api.Test;

class AnswerCountsTest {
    @Test
    void shouldCountMoreReasonsThanItNamesUnderOthersAndLoseNone() {
        AnswerCounts counts = new AnswerCounts(() -> 0);
        for (int i = 0; i < AnswerCounts.NAMED + 50; i++) {
            counts.deadLettered(new Rejected(Stage.READ, "R" + i, "made up"));
        }
        counts.deadLettered(new Rejected(Stage.READ, "R0", "made up"));
        assertThat(counts.deadLetters()).hasSize(AnswerCounts.NAMED + 1);
        assertThat(counts.deadLetters().get(new AnswerCounts.DeadLetterReason(Stage.READ, "(others)")))
                .isEqualTo(50);
        assertThat(counts.deadLetters().get(new AnswerCounts.DeadLetterReason(Stage.READ, "R0")))
                .isEqualTo(2);
    }
}
