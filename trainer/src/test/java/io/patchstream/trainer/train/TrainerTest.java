package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.distributed.Alone;
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

class TrainerTest {
    @TempDir
    Path folder;

    private Path data;
    private Path out;

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    @BeforeEach
    void write() throws IOException {
        data = TinyIdx.write(folder.resolve("data"), 96, 60);
        out = folder.resolve("out");
    }

    @Test
    void shouldLearnASmallDataSetByHeart() throws Exception {
        Recipe recipe = TinyRecipe.with(data, "epochs", "20", "weight-decay", "0.05", "clip-norm", "1");

        TrainedModel trained = train(recipe);

        assertThat(trained.lineage().metrics().get("top1")).isGreaterThan(0.98);
        List<Double> losses = losses();
        assertThat(losses).hasSize(20 * 6);
        assertThat(losses.get(0)).isBetween(1.09, 1.11); // ln 3: no opinion at first
        assertThat(losses.get(119)).isLessThan(0.1);
    }

    @Test
    void shouldLearnWithTheClassTokenSgdScenesAndEveryAugmentation() throws Exception {
        Recipe recipe = TinyRecipe.with(
                data,
                "model",
                "ViT-Ti/16",
                "layers",
                "2",
                "heads",
                "2",
                "image-size",
                "32",
                "optimiser",
                "SGD",
                "learning-rate",
                "0.03",
                "epochs",
                "2",
                "mixup",
                "0.2",
                "rand-augment",
                "1",
                "erasing",
                "0.2",
                "flip",
                "true",
                "crop-padding",
                "2",
                "dropout",
                "0.1",
                "stochastic-depth",
                "0.1",
                "scene-share",
                "0.5",
                "scene-height",
                "32",
                "scene-height-evaluated",
                "32",
                "precision",
                "BF16",
                "schedule",
                "LINEAR",
                "label-smoothing",
                "0.1",
                "hold-out",
                "0.25",
                "evaluate-epochs",
                "1");

        TrainedModel trained = train(recipe);

        assertThat(trained.lineage().metrics()).containsOnlyKeys("top1", "top1-scene");
        assertThat(losses()).hasSize(2 * 4).allMatch(loss -> loss < 1.5);
    }

    @Test
    void shouldWriteWhatEvaluateAndExportNeed() throws Exception {
        Recipe recipe = TinyRecipe.with(data, "epochs", "1");

        TrainedModel trained = train(recipe);
        TrainedModel read = TrainedModel.read(out);

        assertThat(read.config()).isEqualTo(recipe.modelConfig(TinyIdx.CLASSES));
        assertThat(read.lineage()).isEqualTo(trained.lineage());
        assertThat(read.lineage().trainerVersion()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(read.lineage().dataManifestSha256()).hasSize(64);
        assertThat(read.lineage().recipe()).startsWith("tiny ").contains("learning-rate=0.003");
        assertThat(Trainer.recipeFile(out)).exists();
    }

    @Test
    void shouldBeginWithAnotherModelsWeightsAndNameIt() throws Exception {
        train(TinyRecipe.with(data, "epochs", "12"));
        Path parent = Files.move(out, folder.resolve("parent"));

        TrainedModel trained = train(TinyRecipe.with(data, "epochs", "1", "from", parent.toString()));

        assertThat(losses().get(0)).isLessThan(0.5);
        assertThat(trained.lineage().parentSha256()).isEqualTo(TrainedModel.sha256(parent));
    }

    @Test
    void shouldBeginTheHeadAnewForOtherClasses() throws Exception {
        train(TinyRecipe.with(data, "epochs", "12"));
        Path parent = Files.move(out, folder.resolve("parent"));
        Files.writeString(data.resolve("labels.txt"), "top\nleft\ncross\nnever seen\n");

        TrainedModel trained = train(TinyRecipe.with(data, "epochs", "1", "from", parent.toString()));

        assertThat(trained.labels()).hasSize(4);
        assertThat(losses().get(0)).isBetween(1.38, 1.39); // ln 4: the head has no opinion
    }

    @Test
    void shouldStopAtTheFirstLossThatIsNoNumber() {
        Recipe recipe = TinyRecipe.with(data, "learning-rate", "1e30", "warm-up-epochs", "0", "clip-norm", "0");

        assertThatThrownBy(() -> train(recipe))
                .isInstanceOf(TrainingStoppedException.class)
                .hasMessageMatching("(?s)the loss at step \\d+ is (NaN|Infinity).*learning-rate.*");
    }

    @Test
    void shouldRefuseToGoOnWithOtherSettings() throws Exception {
        train(TinyRecipe.with(data, "epochs", "1"));

        assertThatThrownBy(() -> train(TinyRecipe.with(data, "epochs", "1", "seed", "5")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other settings")
                .hasMessageContaining("--out");
    }

    @Test
    void shouldNotTrainAgainWhatIsTrained() throws Exception {
        Recipe recipe = TinyRecipe.with(data, "epochs", "1");
        train(recipe);
        byte[] before = Files.readAllBytes(out.resolve("model.safetensors"));

        train(recipe);

        assertThat(Files.readAllBytes(out.resolve("model.safetensors"))).isEqualTo(before);
        assertThat(losses()).hasSize(6);
    }

    @Test
    void shouldNameTheFoldersThatHaveNoData() {
        assertThatThrownBy(() -> TrainingData.of(TinyRecipe.with(Path.of("/nowhere"), "data", "/nowhere;/elsewhere")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/nowhere")
                .hasMessageContaining("/elsewhere");
    }

    @Test
    void shouldTakeTheSameStepsInMicroBatches() throws Exception {
        train(TinyRecipe.with(data, "epochs", "2", "mixup", "0.2"));
        List<Double> whole = losses();
        out = folder.resolve("micro");

        train(TinyRecipe.with(data, "epochs", "2", "mixup", "0.2", "micro-batch", "5"));

        assertThat(losses()).hasSameSizeAs(whole);
        for (int i = 0; i < whole.size(); i++) {
            assertThat(losses().get(i)).as("step " + i).isCloseTo(whole.get(i), within(1e-5));
        }
    }

    @Test
    void shouldLeaveWhatDoesNotLearnToTheLastBit() throws Exception {
        train(TinyRecipe.with(data, "epochs", "4"));
        Path parent = Files.move(out, folder.resolve("parent"));
        TrainedModel before = TrainedModel.read(parent);

        TrainedModel after = train(TinyRecipe.with(
                data,
                "epochs",
                "2",
                "from",
                parent.toString(),
                "train-last",
                "1",
                "weight-decay",
                "0.1",
                "polyak",
                "0"));

        int last = after.config().layers() - 1;
        after.parameters().forEach((name, tensor) -> {
            boolean learns = name.startsWith("blocks." + last + ".")
                    || !name.startsWith("blocks.") && !name.startsWith("tokenizer.") && !name.startsWith("pos_embed");
            assertThat(java.util.Arrays.equals(
                            tensor.values(), before.parameters().get(name).values()))
                    .as(name)
                    .isEqualTo(!learns);
        });
    }

    @Test
    void shouldLearnWithSigmoidsSharpnessAndLayerDecay() throws Exception {
        Recipe recipe = TinyRecipe.with(
                data,
                "epochs",
                "20",
                "loss",
                "SIGMOID",
                "head-bias",
                "-2",
                "sam",
                "0.05",
                "layer-decay",
                "0.8",
                "aug-reg",
                "LIGHT1",
                "schedule",
                "RSQRT",
                "cool-down-steps",
                "20",
                "learning-rate",
                "0.01");

        TrainedModel trained = train(recipe);

        // Three sigmoids at -2: two say "no" at ln(1 + e^-2) each, one should say "yes" at ln(1 + e^2).
        assertThat(losses().get(0)).isBetween(2.3, 2.5);
        assertThat(trained.lineage().metrics().get("top1")).isGreaterThan(0.9);
    }

    @Test
    void shouldLearnWithANarrowedGapAndAFallingRho() throws Exception {
        train(TinyRecipe.with(data, "epochs", "2", "sam", "0.2"));
        List<Double> sharpness = losses();
        out = folder.resolve("gap");
        train(TinyRecipe.with(data, "epochs", "2", "sam", "0.2", "gsam", "0.4"));
        List<Double> gap = losses();
        out = folder.resolve("falling");

        TrainedModel trained =
                train(TinyRecipe.with(data, "epochs", "20", "sam", "0.2", "gsam", "0.4", "sam-least", "0"));

        assertThat(gap.get(0)).isEqualTo(sharpness.get(0));
        assertThat(gap.get(3)).isNotEqualTo(sharpness.get(3));
        assertThat(losses().subList(0, 12)).isNotEqualTo(gap);
        assertThat(trained.lineage().metrics().get("top1")).isGreaterThan(0.9);
    }

    @Test
    void shouldLearnFromATeacherWhatTheLabelsDoNotSay() throws Exception {
        train(TinyRecipe.with(data, "epochs", "20"));
        Path teacher = Files.move(out, folder.resolve("teacher"));

        // With all of the loss the teacher's, labels that are noise do no harm.
        TrainedModel student = train(TinyRecipe.with(
                data,
                "epochs",
                "20",
                "teacher",
                teacher.toString(),
                "teacher-weight",
                "1",
                "label-smoothing",
                "0.999",
                "layers",
                "1"));

        assertThat(student.lineage().metrics().get("top1")).isGreaterThan(0.95);
        assertThat(student.lineage().recipe()).contains("teacher-sha256=" + TrainedModel.sha256(teacher));
    }

    @Test
    void shouldRefuseATeacherOfOtherClasses() throws Exception {
        train(TinyRecipe.with(data, "epochs", "1"));
        Path teacher = Files.move(out, folder.resolve("teacher"));
        Files.writeString(data.resolve("labels.txt"), "top\nleft\ncross\nnever seen\n");

        assertThatThrownBy(() -> train(TinyRecipe.with(data, "teacher", teacher.toString())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("never seen");
    }

    @Test
    void shouldChooseTheLearningRateOnExamplesThatItHoldsOut() throws Exception {
        Recipe recipe = TinyRecipe.with(
                data,
                "learning-rates",
                "0.00001, 0.005, 1e30",
                "dev-share",
                "0.2",
                "epochs",
                "12",
                "polyak",
                "0",
                "clip-norm",
                "0",
                "warm-up-epochs",
                "0");
        TrainingData examples = TrainingData.of(recipe);

        Recipe chosen = LearningRateGrid.choose(recipe, examples.training(), out, new Alone());

        assertThat(chosen.learningRate()).isEqualTo(0.005);
        assertThat(chosen.learningRateGrid()).isEmpty();
        assertThat(Files.readAllLines(out.resolve("grid.csv")))
                .hasSize(4)
                .element(3)
                .isEqualTo("1.0E30,-Infinity");
        assertThat(TrainedModel.read(out.resolve("grid/rate-0.005")).lineage().metrics())
                .containsOnlyKeys("dev-top1");
    }

    @Test
    void shouldCountInStepsWhereItIsToldTo() throws Exception {
        train(TinyRecipe.with(data, "steps", "8", "warm-up-steps", "4", "epochs", "1"));

        assertThat(losses()).hasSize(8);
    }

    private TrainedModel train(Recipe recipe) throws IOException, InterruptedException {
        return new Trainer(recipe, TrainingData.of(recipe), out, new Alone()).train();
    }

    private List<Double> losses() throws IOException {
        try (var lines = Files.lines(out.resolve("history.csv"))) {
            return lines.skip(1).map(line -> Double.valueOf(line.split(",")[1])).toList();
        }
    }
}
