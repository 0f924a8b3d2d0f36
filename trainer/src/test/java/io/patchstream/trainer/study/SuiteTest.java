package io.patchstream.trainer.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SuiteTest {
    private static Cell cell(String task, long seed, double top1, OptionalDouble fewShot) {
        return new Cell(task, 1000, 2500, 512, seed, 1, 1, 10_000, top1, fewShot);
    }

    @Test
    void shouldTakeTheMeanOfTasksAndTheDeviationOfSeeds() {
        List<Cell> cells = List.of(
                cell("natural pets", 0, 0.90, OptionalDouble.empty()),
                cell("natural pets", 1, 0.94, OptionalDouble.empty()),
                cell("natural svhn", 0, 0.70, OptionalDouble.empty()),
                cell("natural svhn", 1, 0.70, OptionalDouble.empty()),
                cell("structured dmlab", 0, 0.40, OptionalDouble.empty()),
                cell("structured dmlab", 1, 0.46, OptionalDouble.empty()));

        assertThat(Suite.findings(cells))
                .containsExactly(
                        "natural pets: top-1 92.00 % (deviation 2.83 over 2 seeds)",
                        "natural svhn: top-1 70.00 % (deviation 0.00 over 2 seeds)",
                        "structured dmlab: top-1 43.00 % (deviation 4.24 over 2 seeds)",
                        "natural: top-1 81.00 % (deviation 1.41 over 2 seeds), mean of 2 tasks",
                        "structured: top-1 43.00 % (deviation 4.24 over 2 seeds), mean of 1 tasks",
                        // Every task counts once, not every group.
                        "all: top-1 68.33 % (deviation 2.36 over 2 seeds), mean of 3 tasks");
    }

    @Test
    void shouldSayFewShotsWhereEveryTaskHasThem() {
        List<Cell> cells = List.of(
                cell("natural pets", 0, 0.9, OptionalDouble.of(0.5)),
                cell("natural svhn", 0, 0.7, OptionalDouble.empty()),
                cell("structured dmlab", 0, 0.4, OptionalDouble.of(0.25)));

        assertThat(Suite.findings(cells))
                .contains("natural pets: top-1 90.00 %; 5-shot linear 50.00 %")
                .contains("natural: top-1 80.00 %, mean of 2 tasks")
                .contains("structured: top-1 40.00 %, mean of 1 tasks; 5-shot linear 25.00 %")
                .contains("all: top-1 66.67 %, mean of 3 tasks");
    }
}
