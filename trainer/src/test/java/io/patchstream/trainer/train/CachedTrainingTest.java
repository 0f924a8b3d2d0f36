package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.torch.LibTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training on kept activations is the same training. */
class CachedTrainingTest {
    @TempDir
    Path folder;

    private Path data;

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    @BeforeEach
    void write() throws IOException, InterruptedException {
        data = TinyIdx.write(folder.resolve("data"), 48, 30);
        train(recipe("epochs", "2"), "parent");
    }

    @ParameterizedTest
    @CsvSource({
        "0, false", // the head alone
        "1, false",
        "3, false", // every block, on kept tokens
        "1, true" // mirrored pictures are other pictures
    })
    void shouldLoseAsWithoutTheCache(String last, boolean flip) throws Exception {
        String from = folder.resolve("parent").toString();
        String[] same = {"from", from, "train-last", last, "flip", Boolean.toString(flip), "weight-decay", "0.05"};
        TrainedModel plain = train(recipe(same), "plain");
        String[] more = Arrays.copyOf(same, same.length + 2);
        more[same.length] = "cache-mb";
        more[same.length + 1] = "100";
        TrainedModel cached = train(recipe(more), "cached");

        List<Double> expected = losses("plain");
        List<Double> actual = losses("cached");
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-5));
        }
        plain.parameters()
                .forEach((name, tensor) -> assertThat(
                                cached.parameters().get(name).values())
                        .as(name)
                        .containsExactly(tensor.values(), within(1e-4f)));
        try (Stream<Path> files = Files.list(folder.resolve("cached"))) {
            assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("activations"));
        }
    }

    @Test
    void shouldRefuseACacheOfWhatChanges() {
        assertThatThrownBy(() -> recipe("cache-mb", "100"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("with it train-last 0 or more, dropout 0");
        assertThatThrownBy(() -> recipe("cache-mb", "100", "train-last", "1", "dropout", "0.1"))
                .isInstanceOf(RecipeException.class);
        Recipe all = recipe("cache-mb", "100", "train-last", "9");
        assertThatThrownBy(() -> train(all, "all"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the model has 3 blocks");
    }

    private Recipe recipe(String... more) {
        String[] base = {
            "model", "ViT-Ti/8", "image-size", "32", "hidden-size", "32", "layers", "3", "heads", "2", "mlp-size", "64"
        };
        String[] all = Arrays.copyOf(base, base.length + more.length);
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
