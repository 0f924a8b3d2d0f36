package io.patchstream.trainer.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeReaderTest {
    @TempDir
    Path folder;

    static Stream<String> builtIn() throws IOException {
        return RecipeReader.builtIn().stream();
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void shouldReadEveryBuiltInRecipe(String name) throws IOException {
        Recipe recipe = RecipeReader.read(name, Map.of());

        assertThat(recipe.name()).isEqualTo(name);
        assertThat(recipe.paper()).isNotEmpty();
        assertThat(recipe.command()).contains("--recipe " + name);
        assertThat(recipe.cost()).isNotEmpty();
        assertThat(recipe.score()).isNotEmpty();
        assertThat(recipe.modelConfig(10).classes()).isEqualTo(10);
        assertThat(recipe.preprocessing().height()).isEqualTo(recipe.imageSize());
    }

    @Test
    void shouldListEveryBuiltInRecipe() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/recipes"))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(file -> file.endsWith(".properties"))
                            .map(file -> file.replace(".properties", "")))
                    .containsExactlyInAnyOrderElementsOf(RecipeReader.builtIn());
        }
    }

    @Test
    void shouldLetTheCommandLineWin() throws IOException {
        Path file = Files.writeString(folder.resolve("mine.properties"), "epochs=3\nflip=true\nmodel=CCT-2/3x2\n");

        Recipe recipe = RecipeReader.read(file.toString(), Map.of("epochs", "4", "channels", "24", "gelu", "tanh"));

        assertThat(recipe.epochs()).isEqualTo(4);
        assertThat(recipe.flip()).isTrue();
        assertThat(recipe.batchSize()).isEqualTo(128);
        assertThat(recipe.modelConfig(5).tokenizer()).isEqualTo(new Convolutions(2, 3, 24));
        assertThat(recipe.modelConfig(5).gelu()).isEqualTo(Gelu.TANH);
    }

    @Test
    void shouldReadBackWhatItWrote() throws IOException {
        Recipe recipe = RecipeReader.of(Map.of("data", "C:\\data;~/x", "learning-rate", "0.00123", "seed", "-7"));

        RecipeReader.write(recipe, folder.resolve("r.properties"));

        assertThat(RecipeReader.read(folder.resolve("r.properties").toString(), Map.of()))
                .isEqualTo(recipe);
    }

    @Test
    void shouldReportAllProblemsAndTheNearestKey() {
        assertThatThrownBy(() -> RecipeReader.of(Map.of("epoch", "3", "batch-size", "many", "optimiser", "LION")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("there is no setting epoch; the nearest is epochs")
                .hasMessageContaining("batch-size is 'many'; it must be a whole number")
                .hasMessageContaining("optimiser is 'LION'; it must be one of [ADAMW, MUON, SGD]");
    }

    @Test
    void shouldReportAllValuesOutOfRange() {
        assertThatThrownBy(() -> RecipeReader.of(Map.of("epochs", "0", "polyak", "1", "label-smoothing", "NaN")))
                .hasMessageContaining("label-smoothing is 'NaN'");
        assertThatThrownBy(() -> RecipeReader.of(Map.of("epochs", "0", "warm-up-epochs", "0", "polyak", "1")))
                .hasMessageContaining("epochs is 0")
                .hasMessageContaining("polyak is 1.0");
    }

    @Test
    void shouldSayWhichRecipesThereAre() {
        assertThatThrownBy(() -> RecipeReader.read("imagenet-in-a-minute", Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fashion-mnist");
    }
}
