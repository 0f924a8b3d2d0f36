package io.patchstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    private final Evaluation evaluation =
            new Evaluation(List.of("cat", "dog", "cow"), new int[][] {{6, 3, 1}, {0, 10, 0}, {0, 0, 0}}, 18);

    @Test
    void shouldCountWhatWasRight() {
        assertThat(evaluation.examples()).isEqualTo(20);
        assertThat(evaluation.top1()).isCloseTo(0.8, within(1e-12));
        assertThat(evaluation.top5()).isCloseTo(0.9, within(1e-12));
        assertThat(evaluation.recall(0)).isCloseTo(0.6, within(1e-12));
        assertThat(evaluation.recall(2)).isNaN();
        assertThat(evaluation.confused(0, 1)).isEqualTo(3);
    }

    @Test
    void shouldReportTheCommonestMistakesFirst() {
        assertThat(evaluation.report().get(0)).contains("20 examples").contains("80.00 %");
        assertThat(evaluation.report().get(1)).contains("cat").contains("dog 3, cow 1");
    }
}
