package io.patchstream.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.augment.Augmentation;
import io.patchstream.trainer.data.BatchStream;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.Subset;
import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.evaluate.Answers;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.trainer.train.PseudoLabels.PseudoLabel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfTrainingTest {
    @TempDir
    Path folder;

    private Path data;

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    @BeforeEach
    void write() throws IOException {
        data = TinyIdx.write(folder.resolve("data"), 120, 60);
    }

    @Test
    void shouldBalanceByConfidence() {
        List<PseudoLabel> all = List.of(
                new PseudoLabel(0, 0, 0.9),
                new PseudoLabel(1, 0, 0.8),
                new PseudoLabel(2, 0, 0.95),
                new PseudoLabel(3, 0, 0.2),
                new PseudoLabel(4, 1, 0.7),
                new PseudoLabel(5, 2, 0.4));
        // Of class 0 the two surest, class 1's only one twice, of class 2 nobody is sure.
        assertThat(PseudoLabels.chosen(all, 3, 0.5, 2))
                .extracting(PseudoLabel::index)
                .containsExactly(2, 0, 4, 4);
        // Four are sure, of two classes: two of each in the mean.
        assertThat(PseudoLabels.chosen(all, 3, 0.5, 0))
                .extracting(PseudoLabel::index)
                .containsExactly(2, 0, 4, 4);
        assertThat(PseudoLabels.chosen(all, 3, 0.99, 0)).isEmpty();
    }

    @Test
    void shouldBeAsSureAsTheTeachersSoftmax() throws Exception {
        Recipe recipe = TinyRecipe.with(data, "epochs", "3");
        TrainingData both = TrainingData.of(recipe);
        TrainedModel teacher = new Trainer(recipe, both, folder.resolve("teacher"), new Alone())
                .train()
                .calibrated(2, Optional.empty(), Optional.empty());
        Dataset pictures = both.evaluations().get("top1");
        List<PseudoLabel> labels = PseudoLabels.of(teacher, pictures).all();
        try (VisionTransformer model = new VisionTransformer(teacher.config(), teacher.parameters())) {
            Answers answers = new Evaluator(teacher.preprocessing(), Precision.FP32, 60).answers(model, pictures);
            for (PseudoLabel each : labels) {
                double sum = 0;
                for (int k = 0; k < 3; k++) {
                    sum += Math.exp(answers.logit(each.index(), k) / 2);
                }
                double probability = Math.exp(answers.logit(each.index(), each.label()) / 2) / sum;
                assertThat(each.confidence())
                        .isCloseTo(probability, within(1e-5))
                        .isGreaterThan(1 / 3.0);
            }
        }
        assertThat(labels).hasSize(60);
    }

    @Test
    void shouldTellTheStudentAllThatTheTeacherSaidOrItsLikeliestClass() throws Exception {
        Recipe recipe = TinyRecipe.with(data, "epochs", "1");
        TrainingData both = TrainingData.of(recipe);
        TrainedModel teacher = new Trainer(recipe, both, folder.resolve("teacher"), new Alone()).train();
        Dataset labelled = both.training();
        Dataset pictures = both.evaluations().get("top1");
        PseudoLabels said = PseudoLabels.of(teacher, pictures);
        List<PseudoLabel> last = List.of(said.all().get(59));
        Dataset soft = new PseudoLabelled(labelled, pictures, said, PseudoLabels.Kind.SOFT, last);
        Dataset hard = new PseudoLabelled(labelled, pictures, said, PseudoLabels.Kind.HARD, last);
        float[] targets = new float[4];

        hard.target(120, targets, 1);
        assertThat(targets[1 + last.get(0).label()]).isEqualTo(1);
        soft.target(120, targets, 1);
        assertThat(targets[1 + last.get(0).label()])
                .isEqualTo((float) last.get(0).confidence())
                .isLessThan(1);
        assertThat(targets[1] + targets[2] + targets[3]).isCloseTo(1, within(1e-6f));
        try (BatchStream stream = new BatchStream(soft, plainBatches(recipe), 0)) {
            float[] learnt = stream.next().targets();
            // 0.7 of what was said, and a tenth more for each of three classes.
            assertThat(learnt).contains(targets[1] * 0.7f + 0.1f, targets[2] * 0.7f + 0.1f, targets[3] * 0.7f + 0.1f);
        }

        soft.target(7, targets, 1);
        assertThat(targets[1 + labelled.label(7)]).isEqualTo(1);
        assertThat(soft.manifestSha256()).isNotEqualTo(hard.manifestSha256());
    }

    /** All 121 pictures at a time, with 0.3 of the targets spread over the classes. */
    private static BatchStream.Settings plainBatches(Recipe recipe) {
        return new BatchStream.Settings(
                recipe.view(), Augmentation.chain(List.of()), Optional.empty(), 0.3, 121, BatchStream.Part.ALL, 0, 1);
    }

    /** A teacher of nine labelled pictures; its students see 111 more, whose labels nobody looks at. */
    @Test
    void shouldLearnFromPicturesWithoutLabels() throws Exception {
        Recipe recipe = TinyRecipe.with(data, "epochs", "12", "batch-size", "16", "flip", "false", "crop-padding", "1");
        TrainingData all = TrainingData.of(recipe);
        Dataset labelled = Subset.split(all.training(), 9 / 120.0, true, 3);
        Dataset unlabelled = Subset.split(all.training(), 9 / 120.0, false, 3);
        TrainingData few = new TrainingData(labelled, all.evaluations());
        double taught = new Trainer(recipe, few, folder.resolve("teacher"), new Alone())
                .train()
                .lineage()
                .metrics()
                .get("top1");

        TrainedModel student = new SelfTraining(2, 0.34, 0, PseudoLabels.Kind.SOFT)
                .run(recipe, few, unlabelled, folder.resolve("teacher"), folder.resolve("students"));

        assertThat(student.lineage().metrics().get("top1")).isGreaterThanOrEqualTo(taught);
        assertThat(folder.resolve("students/round-1/model.safetensors")).exists();
        assertThat(student.lineage().dataManifestSha256())
                .isEqualTo(TrainedModel.read(folder.resolve("students/round-2"))
                        .lineage()
                        .dataManifestSha256())
                .isNotEqualTo(labelled.manifestSha256());
    }

    @Test
    void shouldSayWhenTheTeacherIsSureOfNothing() throws Exception {
        Recipe recipe = TinyRecipe.with(data, "epochs", "1", "learning-rate", "0.00001");
        TrainingData all = TrainingData.of(recipe);
        new Trainer(recipe, all, folder.resolve("teacher"), new Alone()).train();
        assertThatThrownBy(() -> new SelfTraining(1, 0.9, 0, PseudoLabels.Kind.HARD)
                        .run(recipe, all, all.training(), folder.resolve("teacher"), folder.resolve("students")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the teacher is not 0.9 sure of any of 120 pictures");
        assertThatThrownBy(() -> new SelfTraining(0, 0.9, 0, PseudoLabels.Kind.HARD))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
