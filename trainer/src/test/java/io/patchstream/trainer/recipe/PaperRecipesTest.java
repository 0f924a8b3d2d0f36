package io.patchstream.trainer.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.Crop;
import io.patchstream.trainer.objective.LossKind;
import io.patchstream.trainer.objective.ObjectiveKind;
import io.patchstream.trainer.optimise.Schedule.Decay;
import io.patchstream.trainer.recipe.Recipe.OptimiserKind;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The recipes named after the paper's tables, against the tables themselves. */
class PaperRecipesTest {
    private static Stream<String> ours() throws IOException {
        return RecipeReader.builtIn().stream();
    }

    @ParameterizedTest
    @MethodSource("ours")
    void shouldStatePaperCommandCostAndScoreAndNameAModel(String name) throws IOException {
        Recipe recipe = RecipeReader.read(name, Map.of());
        assertThat(recipe.name()).isEqualTo(name);
        assertThat(Stream.of(recipe.paper(), recipe.command(), recipe.cost(), recipe.score()))
                .noneMatch(String::isBlank);
        assertThat(recipe.command()).contains("--recipe " + name);
        assertThat(recipe.modelConfig(5).classes()).isEqualTo(5);
    }

    /** Table 3: all with Adam (0.9, 0.999), batches of 4096, a warm-up of 10,000 steps and 224 pixels. */
    @ParameterizedTest
    @CsvSource({
        "table3-vit-b16-jft, 7, 8e-4, LINEAR, 0.1, 0, 0, SIGMOID",
        "table3-vit-l32-jft, 7, 6e-4, LINEAR, 0.1, 0, 0, SIGMOID",
        "table3-vit-l16-jft, 14, 4e-4, LINEAR, 0.1, 0, 0, SIGMOID",
        "table3-vit-h14-jft, 14, 3e-4, LINEAR, 0.1, 0, 0, SIGMOID",
        "table3-r50x1-jft, 7, 1e-3, LINEAR, 0.1, 0, 0, SIGMOID",
        "table3-r101x1-jft, 7, 8e-4, LINEAR, 0.1, 0, 0, SIGMOID",
        "table3-r152x1-jft, 7, 6e-4, LINEAR, 0.1, 0, 0, SIGMOID",
        "table3-r50-vit-b16-jft, 7, 8e-4, LINEAR, 0.1, 0, 0, SIGMOID",
        "table3-r50-vit-l32-jft, 7, 2e-4, LINEAR, 0.1, 0, 0, SIGMOID",
        "table3-r50-vit-l16-jft, 14, 4e-4, LINEAR, 0.1, 0, 0, SIGMOID",
        "table3-vit-b16-imagenet21k, 90, 1e-3, LINEAR, 0.03, 0.1, 0, SIGMOID",
        "table3-vit-l16-imagenet21k, 90, 1e-3, LINEAR, 0.03, 0.1, 0, SIGMOID",
        "table3-vit-b16-imagenet, 300, 3e-3, COSINE, 0.3, 0.1, 1, SOFTMAX"
    })
    void shouldBeTable3(
            String name,
            int epochs,
            double rate,
            Decay decay,
            double weightDecay,
            double dropout,
            double clip,
            LossKind loss)
            throws IOException {
        Recipe recipe = RecipeReader.read(name, Map.of());
        assertThat(recipe.epochs()).isEqualTo(epochs);
        assertThat(recipe.learningRate()).isEqualTo(rate);
        assertThat(recipe.schedule()).isEqualTo(decay);
        assertThat(recipe.weightDecay()).isEqualTo(weightDecay);
        assertThat(recipe.dropout()).isEqualTo(dropout);
        assertThat(recipe.clipNorm()).isEqualTo(clip);
        assertThat(recipe.loss()).isEqualTo(loss);
        assertThat(recipe.optimiser()).isEqualTo(OptimiserKind.ADAMW);
        assertThat(recipe.beta1()).isEqualTo(0.9);
        assertThat(recipe.beta2()).isEqualTo(0.999);
        assertThat(recipe.batchSize()).isEqualTo(4096);
        assertThat(recipe.warmUpSteps()).isEqualTo(10_000);
        assertThat(recipe.imageSize()).isEqualTo(224);
        assertThat(recipe.crop()).isEqualTo(Crop.Kind.INCEPTION);
    }

    /** Table 4: all with SGD of momentum 0.9, batches of 512, cosine, no weight decay, clipped at 1, at 384 pixels. */
    @ParameterizedTest
    @CsvSource({
        "table4-imagenet, 20000, 0.003 0.01 0.03 0.06, 0.01",
        "table4-cifar, 10000, 0.001 0.003 0.01 0.03, 0.02",
        "table4-pets-flowers, 500, 0.001 0.003 0.01 0.03, 0.1",
        "table4-vtab, 2500, 0.01, 0"
    })
    void shouldBeTable4(String name, long steps, String rates, double dev) throws IOException {
        Recipe recipe = RecipeReader.read(name, Map.of());
        assertThat(recipe.steps()).isEqualTo(steps);
        if (dev > 0) {
            assertThat(recipe.learningRateGrid())
                    .containsExactlyElementsOf(
                            Stream.of(rates.split(" ")).map(Double::valueOf).toList());
            assertThat(recipe.devShare()).isEqualTo(dev);
        } else {
            assertThat(recipe.learningRate()).isEqualTo(Double.parseDouble(rates));
        }
        assertThat(recipe.optimiser()).isEqualTo(OptimiserKind.SGD);
        assertThat(recipe.beta1()).isEqualTo(0.9);
        assertThat(recipe.batchSize()).isEqualTo(512);
        assertThat(recipe.schedule()).isEqualTo(Decay.COSINE);
        assertThat(recipe.weightDecay()).isZero();
        assertThat(recipe.clipNorm()).isEqualTo(1);
        assertThat(recipe.imageSize()).isEqualTo(384);
        assertThat(recipe.polyak()).isEqualTo(name.equals("table4-imagenet") ? 0.9999 : 0);
        // VTAB's protocol has no augmentation.
        assertThat(recipe.crop()).isEqualTo(name.equals("table4-vtab") ? Crop.Kind.NONE : Crop.Kind.RANDOM);
    }

    @Test
    void shouldBeTheAppendixOnMaskedPatches() throws IOException {
        Recipe recipe = RecipeReader.read("masked-patches", Map.of());
        assertThat(recipe.objective()).isEqualTo(ObjectiveKind.MASKED_PATCHES);
        assertThat(recipe.steps()).isEqualTo(1_000_000);
        assertThat(recipe.batchSize()).isEqualTo(4096);
        assertThat(recipe.learningRate()).isEqualTo(2e-4);
        assertThat(recipe.warmUpSteps()).isEqualTo(10_000);
        assertThat(recipe.schedule()).isEqualTo(Decay.COSINE);
    }

    @ParameterizedTest
    @CsvSource({
        "none, 0, 0, 0",
        "light1, 2, 0, 0",
        "light2, 2, 10, 0.2",
        "medium1, 2, 15, 0.2",
        "medium2, 2, 15, 0.5",
        "strong1, 2, 20, 0.5",
        "strong2, 2, 20, 0.8"
    })
    void shouldBeAugReg(String level, int operations, double magnitude, double mixup) throws IOException {
        Recipe recipe = RecipeReader.read("augreg-" + level, Map.of());
        assertThat(recipe.operations()).isEqualTo(operations);
        assertThat(recipe.operations() == 0 ? 0 : recipe.operationStrength()).isEqualTo(magnitude);
        assertThat(recipe.mixupAlpha()).isEqualTo(mixup);
    }
}
