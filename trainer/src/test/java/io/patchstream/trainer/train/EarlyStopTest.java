package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.LibTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlyStopTest {
    private static final int PATIENCE = 6;
    private static final int STEPS_PER_EPOCH = 3;

    @TempDir
    Path folder;

    private Path data;

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    @BeforeEach
    void write() throws IOException {
        data = TinyIdx.write(folder.resolve("data"), 96, 60);
    }

    @Test
    void shouldBeOverAfterAsManyEvaluationsThatAreNoBetter() {
        EarlyStop stop = EarlyStop.of(2, Map.of()).after(0.5).after(0.5);
        assertThat(stop.bettered()).isFalse();
        assertThat(stop.over()).isFalse();
        assertThat(stop.after(0.4).over()).isTrue();
        assertThat(stop.after(0.6).over()).isFalse();
        assertThat(stop.after(0.6).bettered()).isTrue();
        assertThat(stop.after(0.6).after(0.6).over()).isFalse();
    }

    @Test
    void shouldGoOnFromItsNotes() {
        EarlyStop stop = EarlyStop.of(3, Map.of()).after(1 / 3.0).after(0.1);
        assertThat(EarlyStop.of(3, stop.notes())).isEqualTo(stop);
        assertThat(EarlyStop.of(0, Map.of()).notes()).isEmpty();
        assertThat(EarlyStop.of(0, Map.of()).over()).isFalse();
    }

    /** With a constant rate, a training that is as long as to the best evaluation ends with the same weights. */
    @Test
    void shouldStopAndKeepTheBest() throws Exception {
        Path stopped = train(recipe("early-stop", PATIENCE + "", "epochs", "200"), "stopped");

        int epochs = steps(stopped) / STEPS_PER_EPOCH;
        assertThat(epochs).isBetween(PATIENCE + 1, 199);
        Path best = train(recipe("epochs", epochs - PATIENCE + ""), "best");
        assertThat(stopped.resolve("model.safetensors")).hasSameBinaryContentAs(best.resolve("model.safetensors"));
        Path last = train(recipe("epochs", epochs + ""), "last");
        assertThat(Files.readAllBytes(stopped.resolve("model.safetensors")))
                .isNotEqualTo(Files.readAllBytes(last.resolve("model.safetensors")));
    }

    @Test
    void shouldStopAtTheSameStepAfterAnInterruption() throws Exception {
        Recipe recipe = recipe("early-stop", PATIENCE + "", "epochs", "200");
        Path quiet = train(recipe, "quiet");
        Path interrupted = folder.resolve("interrupted");
        CompletableFuture<Path> end = new CompletableFuture<>();
        Thread first = new Thread(() -> {
            try {
                end.complete(train(recipe, "interrupted"));
            } catch (IOException | InterruptedException e) {
                end.completeExceptionally(e);
            }
        });
        first.start();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(2))
                .until(() -> end.isDone() || Files.exists(interrupted.resolve("state.safetensors")));

        first.interrupt();

        assertThatThrownBy(end::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(steps(interrupted)).isLessThan(steps(quiet));
        train(recipe, "interrupted");
        train(recipe, "interrupted"); // what is over stays so
        assertThat(interrupted.resolve("history.csv")).hasSameTextualContentAs(quiet.resolve("history.csv"));
        assertThat(interrupted.resolve("model.safetensors")).hasSameBinaryContentAs(quiet.resolve("model.safetensors"));
    }

    @Test
    void shouldAskForAHoldOut() {
        assertThatThrownBy(() -> recipe("early-stop", "3", "hold-out", "0"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("early-stop is 3; it must be 0 or more, and with it hold-out");
    }

    private Recipe recipe(String... more) {
        Map<String, String> values = TinyRecipe.values(data);
        values.putAll(Map.of(
                "hold-out",
                "0.4",
                "split",
                "RANDOM",
                "evaluate-epochs",
                "1",
                "schedule",
                "CONSTANT",
                "polyak",
                "0",
                "learning-rate",
                "0.0005"));
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        return RecipeReader.of(values);
    }

    private Path train(Recipe recipe, String name) throws IOException, InterruptedException {
        Path out = folder.resolve(name);
        new Trainer(recipe, TrainingData.of(recipe), out, new Alone()).train();
        return out;
    }

    private static int steps(Path out) throws IOException {
        return Files.readAllLines(out.resolve("history.csv")).size() - 1;
    }
}
