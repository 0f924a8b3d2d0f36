package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.trainer.train.AutoRecipe.Choice;
import io.patchstream.trainer.train.AutoRecipe.Measured;
import io.patchstream.trainer.train.AutoRecipe.Way;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutoRecipeTest {
    private static final Way LARGE = new Way("large", Map.of("image-size", "64"), 20, 100);
    private static final Way SMALL = new Way("small", Map.of("image-size", "32"), 20, 100);
    /** 100 and 1,000 pictures a second. */
    private static final List<Measured> SPEEDS =
            List.of(new Measured(LARGE, Precision.FP32, 0, 0.01), new Measured(SMALL, Precision.BF16, 0, 0.001));

    @TempDir
    Path folder;

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    /** 1,000 pictures at 100/s are 10 s an epoch: 250 s less a fifth are 20 epochs. */
    @Test
    void shouldTakeTheLargestThatSeesEveryPictureOftenEnough() {
        Choice choice = choose(250);
        assertThat(choice.recipe().imageSize()).isEqualTo(64);
        assertThat(choice.recipe().epochs()).isEqualTo(20);
        assertThat(choice.recipe().precision()).isEqualTo(Recipe.PrecisionChoice.FP32);
        assertThat(choice.reasons())
                .anyMatch(reason -> reason.startsWith("large in FP32: 100 pictures/s, so 20.0 epochs of 1000 pictures"))
                .anyMatch(reason -> reason.startsWith("chosen: large in FP32 for 20 epochs, the most demanding way"));
    }

    @Test
    void shouldFallBackToASmallerOneWhenTimeIsShort() {
        Choice choice = choose(249);
        assertThat(choice.recipe().imageSize()).isEqualTo(32);
        assertThat(choice.recipe().epochs()).isEqualTo(100); // 199 would fit; no more than 100 are of use
        assertThat(choice.recipe().precision()).isEqualTo(Recipe.PrecisionChoice.BF16);
    }

    @Test
    void shouldComeAsNearAsItCanAndSayThatItIsTooShort() {
        Choice choice = choose(5);
        assertThat(choice.recipe().imageSize()).isEqualTo(32);
        assertThat(choice.recipe().epochs()).isEqualTo(4);
        assertThat(choice.reasons().get(2)).contains("none sees every picture often enough: give a longer --budget");
    }

    /** A tenth of a second of 1,000 pictures a second, less a fifth, is a batch. */
    @Test
    void shouldCountInStepsWhenNotOneEpochFits() {
        Choice choice = AutoRecipe.choose(Map.of("batch-size", "40"), SPEEDS, 1000, Duration.ofMillis(100));
        assertThat(choice.recipe().steps()).isEqualTo(2);
        assertThat(choice.reasons().get(2)).contains("for less than an epoch");
    }

    /** What blocks that do not learn make of a picture is paid for once. */
    @Test
    void shouldCountWhatIsComputedOnce() {
        Measured kept = new Measured(LARGE, Precision.FP32, 0.05, 0.001);
        assertThat(kept.epochs(Duration.ofSeconds(100), 1000)).isEqualTo((80 - 50) / 1.0);
        assertThat(kept.epochs(Duration.ofSeconds(10), 1000)).isNegative();
    }

    @Test
    void shouldLetTheUsersSettingsGoFirst() {
        Choice choice =
                AutoRecipe.choose(Map.of("batch-size", "7", "epochs", "3"), SPEEDS, 1000, Duration.ofSeconds(250));
        assertThat(choice.recipe().batchSize()).isEqualTo(7);
        assertThat(choice.recipe().epochs()).isEqualTo(3);
    }

    /** On this machine, from nothing and then from what came of it; both recipes train. */
    @Test
    void shouldMeasureAndTrain() throws Exception {
        Path data = TinyIdx.write(folder.resolve("data"), 64, 30);
        Map<String, String> settings = Map.of("data", data.toString(), "threads", "1", "layers", "3");
        Choice scratch = measured(settings);
        assertThat(scratch.recipe().imageSize()).isEqualTo(32); // the pictures have 28 pixels
        assertThat(scratch.reasons()).hasSize(2);
        train(scratch.recipe(), "parent");

        Choice tuned = measured(Map.of(
                "data",
                data.toString(),
                "threads",
                "1",
                "from",
                folder.resolve("parent").toString()));
        assertThat(tuned.reasons()).hasSize(4);
        assertThat(tuned.reasons().get(1)).contains("last 2 blocks").contains("/s once");
        TrainedModel parent = TrainedModel.read(folder.resolve("parent"));
        assertThat(tuned.recipe().modelConfig(3).layers()).isEqualTo(3);
        assertThat(tuned.recipe().modelConfig(3).tokenizer())
                .isEqualTo(parent.config().tokenizer());
        assertThat(train(tuned.recipe(), "tuned").lineage().parentSha256())
                .isEqualTo(TrainedModel.sha256(folder.resolve("parent")));
    }

    private static Choice choose(int seconds) {
        return AutoRecipe.choose(Map.of(), SPEEDS, 1000, Duration.ofSeconds(seconds));
    }

    private static Choice measured(Map<String, String> settings) throws Exception {
        Map<String, String> named = new java.util.TreeMap<>(settings);
        named.put("name", "auto");
        TrainingData data = TrainingData.of(io.patchstream.trainer.recipe.RecipeReader.of(named));
        return AutoRecipe.choose(settings, data, Duration.ofSeconds(2));
    }

    private TrainedModel train(Recipe recipe, String out) throws Exception {
        return new Trainer(recipe, TrainingData.of(recipe), folder.resolve(out), new Alone()).train();
    }
}
