package io.patchstream.bench.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.model.Initialisation;
import io.patchstream.trainer.tensor.Safetensors;
import io.patchstream.trainer.torch.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideTest {
    @TempDir
    Path folder;

    /** What is measured is what a user's training gets. */
    @Test
    void shouldTrainInTheLaunchersEnvironment() throws Exception {
        String launcher = Files.readString(Path.of("../patchstream"));
        for (Map.Entry<String, String> variable : Side.ENVIRONMENT.entrySet()) {
            String name = variable.getKey();
            assertThat(launcher)
                    .containsAnyOf(
                            name + "=" + variable.getValue() + "\n",
                            name + "=\"${" + name + ":-" + variable.getValue() + "}\"");
        }
    }

    @Test
    void shouldTakeTheStepsThatItIsAskedFor() throws Exception {
        TrainingCase work = TrainingCase.of("CCT-4/3x3", 4, Precision.FP32, 1);
        work.write(folder);
        try (Side ours = Side.ours(folder);
                Side again = Side.ours(folder)) {
            // Heads begin at 0, where each of 10 classes is as likely; then it learns four pictures by heart.
            assertThat(ours.losses().get(0)).isBetween(2.30, 2.31);
            assertThat(ours.losses().get(3)).isLessThan(ours.losses().get(0));
            assertThat(again.losses()).isEqualTo(ours.losses());
            assertThat(ours.parameters()).isEqualTo(645_963);

            Contest contest = new Contest(work, ours, Optional.of(again));
            contest.run(2, 0.01);

            assertThat(contest.lossesAgree(0)).isTrue();
            assertThat(contest.figures()).containsKeys("ours", "theirs", "per_cpu_second_ratio");
            Map<?, ?> figures = (Map<?, ?>) contest.figures().get("ours");
            assertThat((Double) figures.get("cpu_ms_median")).isPositive();
            assertThat(figures.get("rounds")).isEqualTo(2);
        }
    }

    @Test
    void shouldSeeThatOthersTrainOtherWeights() throws Exception {
        TrainingCase work = TrainingCase.of("CCT-4/3x3", 4, Precision.FP32, 1);
        work.write(folder);
        try (Side ours = Side.ours(folder)) {
            Safetensors.write(TrainingCase.weights(folder), Initialisation.of(work.config(), 9));
            try (Side others = Side.ours(folder)) {
                assertThat(new Contest(work, ours, Optional.of(others)).lossesAgree(1e-3))
                        .isFalse();
            }
        }
    }

    @Test
    void shouldSayWhatAPythonWithoutPyTorchLacks() throws Exception {
        TrainingCase.of("CCT-4/3x3", 4, Precision.FP32, 1).write(folder);
        try (Side none = Side.theirs(Path.of("false"), folder.resolve("none.py"), folder)) {
            throw new AssertionError(none.software() + " cannot have started");
        } catch (IOException e) {
            assertThat(e).hasMessageContainingAll("torch", "timm", "numpy", "safetensors");
        }
    }
}
