package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes and real SIGKILLs: a training that was killed ends with the same bits as one that was not. */
class ResumeIT {
    private static final int KILLS = 3;

    @TempDir
    Path folder;

    private Path recipe;

    @BeforeEach
    void write() throws IOException {
        Path data = TinyIdx.write(folder.resolve("data"), 320, 30);
        recipe = folder.resolve("tiny.properties");
        RecipeReader.write(
                TinyRecipe.with(
                        data,
                        "epochs",
                        "40",
                        "save-seconds",
                        "1",
                        "dropout",
                        "0.1",
                        "stochastic-depth",
                        "0.1",
                        "flip",
                        "true",
                        "crop-padding",
                        "2",
                        "mixup",
                        "0.2",
                        "loaders",
                        "2"),
                recipe);
    }

    @Test
    void shouldEndWithTheSameBitsAfterSigkills() throws Exception {
        Path quiet = folder.resolve("quiet");
        assertThat(TrainProcess.finished(start(quiet))).isZero();

        Path killed = folder.resolve("killed");
        Path state = killed.resolve("state.safetensors");
        int kills = 0;
        for (; kills < KILLS; kills++) {
            Process process = start(killed);
            long done = steps(state);
            Awaitility.await()
                    .atMost(TrainProcess.PATIENCE)
                    .until(() -> !process.isAlive() || steps(state) > done + 20);
            assertThat(process.isAlive())
                    .as("the training was still running when it was killed")
                    .isTrue();
            process.destroyForcibly().waitFor();
        }
        assertThat(TrainProcess.finished(start(killed))).isZero();

        assertThat(killed.resolve("history.csv")).hasSameTextualContentAs(quiet.resolve("history.csv"));
        assertThat(killed.resolve("model.safetensors")).hasSameBinaryContentAs(quiet.resolve("model.safetensors"));
    }

    @Test
    void shouldSaveAndEndInGoodOrderOnSigterm() throws Exception {
        Path stopped = folder.resolve("stopped");
        Path history = stopped.resolve("history.csv");
        Process process = start(stopped, "--set", "save-seconds=3600", "--set", "epochs=100000");
        Awaitility.await()
                .atMost(TrainProcess.PATIENCE)
                .until(() -> !process.isAlive() || steps(stopped.resolve("state.safetensors")) > 0);

        process.destroy();

        assertThat(TrainProcess.finished(process)).isEqualTo(143);
        long saved = steps(stopped.resolve("state.safetensors"));
        List<String> lines = Files.readAllLines(history);
        assertThat(lines.get(lines.size() - 1))
                .as("the last step is the last saved")
                .startsWith(saved - 1 + ",");
        assertThat(folder.resolve("log-stopped.txt"))
                .content()
                .doesNotContain("SIGSEGV")
                .doesNotContain("Exception");
    }

    private static long steps(Path state) throws IOException {
        return Files.exists(state)
                ? Long.parseLong(
                        io.patchstream.trainer.tensor.Safetensors.notes(state).get("steps"))
                : 0;
    }

    private Process start(Path out, String... more) throws IOException {
        return TrainProcess.start(recipe, out, folder.resolve("log-" + out.getFileName() + ".txt"), Map.of(), more);
    }
}
