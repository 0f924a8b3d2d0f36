package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.torch.LibTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pre-training without labels, and going on from it with them. */
class MaskedTrainingTest {
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
    void shouldLearnColoursWithoutLabelsAndGoOnWithThem() throws Exception {
        Recipe masked = recipe("objective", "MASKED_PATCHES", "epochs", "20");
        TrainedModel pretrained = train(masked, "masked");

        List<Double> losses = losses("masked");
        assertThat(losses.get(0)).isBetween(6.2, 6.3); // ln 512: no opinion at first
        assertThat(losses.get(losses.size() - 1)).isLessThan(3.5);
        assertThat(pretrained.lineage().metrics()).isEmpty();
        assertThat(pretrained.lineage().recipe()).contains("objective=MASKED_PATCHES");
        assertThat(pretrained.parameters().keySet())
                .containsExactlyElementsOf(ParameterLayout.of(pretrained.config()).entries().stream()
                        .map(ParameterLayout.Entry::name)
                        .toList());

        TrainedModel tuned = train(recipe("from", folder.resolve("masked").toString(), "epochs", "6"), "tuned");
        assertThat(tuned.lineage().parentSha256()).isEqualTo(TrainedModel.sha256(folder.resolve("masked")));
        assertThat(tuned.lineage().metrics()).containsKey("top1");
    }

    @Test
    void shouldGoOnToTheSameLosses() throws Exception {
        train(recipe("objective", "MASKED_PATCHES", "epochs", "3"), "whole");
        train(recipe("objective", "MASKED_PATCHES", "epochs", "3"), "again");
        assertThat(losses("again")).isEqualTo(losses("whole"));
    }

    private Recipe recipe(String... more) {
        String[] base = {
            "model", "ViT-Ti/8", "image-size", "32", "hidden-size", "32", "layers", "2", "heads", "2", "mlp-size", "64"
        };
        String[] all = java.util.Arrays.copyOf(base, base.length + more.length);
        System.arraycopy(more, 0, all, base.length, more.length);
        return TinyRecipe.with(data, all);
    }

    private TrainedModel train(Recipe recipe, String out) throws IOException, InterruptedException {
        return new Trainer(recipe, TrainingData.of(recipe), folder.resolve(out), new Alone()).train();
    }

    private List<Double> losses(String out) throws IOException {
        try (var lines = Files.lines(folder.resolve(out).resolve("history.csv"))) {
            return lines.skip(1).map(line -> Double.valueOf(line.split(",")[1])).toList();
        }
    }
}
