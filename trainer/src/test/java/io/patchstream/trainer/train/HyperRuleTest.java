package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.Crop;
import io.patchstream.trainer.optimise.Schedule.Decay;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.Recipe.OptimiserKind;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.vision.model.Preprocessing.Resize;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against {@code bit_hyperrule.py} and {@code bit_pytorch/train.py}. */
class HyperRuleTest {
    @ParameterizedTest
    @CsvSource({
        "19999, 500, 100, 0, 32, 32, 160, 128",
        "20000, 10000, 500, 0.1, 95, 96, 160, 128",
        "499999, 10000, 500, 0.1, 96, 96, 512, 480",
        "500000, 20000, 500, 0.1, 224, 224, 512, 480"
    })
    void shouldFollowFromTheData(
            int pictures, long steps, long warmUp, double mixup, int height, int width, int precrop, int size)
            throws Exception {
        Recipe recipe = RecipeReader.read(HyperRule.RECIPE, HyperRule.of(pictures, height, width));

        assertThat(recipe.steps()).isEqualTo(steps);
        assertThat(recipe.warmUpSteps()).isEqualTo(warmUp);
        assertThat(recipe.mixupAlpha()).isEqualTo(mixup);
        assertThat(recipe.resizeTo()).isEqualTo(precrop);
        assertThat(recipe.imageSize()).isEqualTo(size);
        assertThat(recipe.stairShares().stream().map(share -> Math.round(share * steps)))
                .containsExactlyElementsOf(
                        steps == 500
                                ? List.of(200L, 300L, 400L)
                                : List.of(3 * steps / 10, 6 * steps / 10, 9 * steps / 10));
        assertThat(recipe.schedule()).isEqualTo(Decay.STAIR);
        assertThat(recipe.learningRate()).isEqualTo(0.003);
        assertThat(recipe.optimiser()).isEqualTo(OptimiserKind.SGD);
        assertThat(recipe.beta1()).isEqualTo(0.9);
        assertThat(recipe.weightDecay()).isZero();
        assertThat(recipe.batchSize()).isEqualTo(512);
        assertThat(recipe.crop()).isEqualTo(Crop.Kind.RANDOM);
        assertThat(recipe.resize()).isEqualTo(Resize.SQUASH);
        assertThat(recipe.flip()).isTrue();
    }
}
