package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.RecipeReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that meet by torchrun's variables: two of them take the steps that one takes. */
class DataParallelIT {
    private static final double SAME = 1e-5;

    @TempDir
    Path folder;

    private Path recipe;

    @BeforeEach
    void write() throws IOException {
        Path data = TinyIdx.write(folder.resolve("data"), 150, 30);
        recipe = folder.resolve("tiny.properties");
        RecipeReader.write(
                TinyRecipe.with(
                        data,
                        // Adam divides by the size of gradients that are next to nothing, and rounding decides those.
                        "optimiser",
                        "SGD",
                        "learning-rate",
                        "0.02",
                        "epochs",
                        "20",
                        "batch-size",
                        "15",
                        "mixup",
                        "0.2",
                        "crop-padding",
                        "2",
                        "save-seconds",
                        "1"),
                recipe);
    }

    @Test
    void shouldTakeTheStepsThatOneProcessTakes() throws Exception {
        Path one = folder.resolve("one");
        assertThat(TrainProcess.finished(start(one, Map.of()))).isZero();

        Path two = folder.resolve("two");
        int port = freePort();
        Process second = start(two, rank(1, port));
        Process first = start(two, rank(0, port));
        assertThat(TrainProcess.finished(first)).isZero();
        assertThat(TrainProcess.finished(second)).isZero();

        assertSame(one, two);
        assertThat(folder.resolve("log-two-0.txt")).content().contains("rank 0 of 2", "sum by Gloo");
        assertThat(folder.resolve("log-one-.txt")).content().doesNotContain("Gloo");
    }

    @Test
    void shouldGoOnAfterARankWasKilled() throws Exception {
        Path one = folder.resolve("one");
        assertThat(TrainProcess.finished(start(one, Map.of()))).isZero();

        Path killed = folder.resolve("killed");
        int port = freePort();
        Process first = start(killed, rank(0, port));
        Process second = start(killed, rank(1, port));
        Awaitility.await()
                .atMost(TrainProcess.PATIENCE)
                .until(() -> !first.isAlive() || Files.exists(killed.resolve("state.safetensors")));
        assertThat(first.isAlive()).as("the training was still running").isTrue();
        second.destroyForcibly().waitFor();
        assertThat(TrainProcess.finished(first))
                .as("rank 0 says that it lost the other")
                .isEqualTo(1);

        int again = freePort();
        Process newSecond = start(killed, rank(1, again));
        assertThat(TrainProcess.finished(start(killed, rank(0, again)))).isZero();
        assertThat(TrainProcess.finished(newSecond)).isZero();

        assertSame(one, killed);
    }

    private static void assertSame(Path one, Path two) throws IOException {
        List<Double> expected = losses(one);
        List<Double> found = losses(two);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i)).as("loss at step " + i).isCloseTo(expected.get(i), within(SAME));
        }
        TrainedModel whole = TrainedModel.read(one);
        TrainedModel.read(two).parameters().forEach((name, tensor) -> {
            float[] values = whole.parameters().get(name).values();
            for (int i = 0; i < values.length; i++) {
                assertThat(tensor.values()[i]).as(name).isCloseTo(values[i], within((float) SAME));
            }
        });
    }

    private static List<Double> losses(Path out) throws IOException {
        try (var lines = Files.lines(out.resolve("history.csv"))) {
            return lines.skip(1).map(line -> Double.valueOf(line.split(",")[1])).toList();
        }
    }

    private static Map<String, String> rank(int rank, int port) {
        return Map.of(
                "RANK",
                Integer.toString(rank),
                "WORLD_SIZE",
                "2",
                "MASTER_ADDR",
                "127.0.0.1",
                "MASTER_PORT",
                Integer.toString(port));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Process start(Path out, Map<String, String> environment) throws IOException {
        String log = "log-" + out.getFileName() + "-" + environment.getOrDefault("RANK", "") + ".txt";
        return TrainProcess.start(recipe, out, folder.resolve(log), environment);
    }
}
