package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.checkpoint.Checkpoint;
import io.patchstream.trainer.data.IdxDataset;
import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.evaluate.Answers;
import io.patchstream.trainer.evaluate.ClassGaussians;
import io.patchstream.trainer.evaluate.ConformalSets;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.model.ForwardObserver;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.vision.model.ConformalPromise;
import io.patchstream.vision.model.KnownDistances;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What an exported file says of its confidence, by ONNX Runtime, against the trainer's own figures and those of numpy alone: {@code
 * src/test/oracle/make_confidence.py}. Of its five classes one has no example.
 */
class ConfidenceGoldenTest {
    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final float WITHIN = 1e-3f;

    private static Map<String, HostTensor> golden;
    private static TrainedModel model;
    private static LabelledPixels pictures;
    private static Answers known;
    private static Answers asked;
    private static ConformalSets sets;
    private static ClassGaussians gaussians;
    private static TrainedModel calibrated;

    @TempDir
    private Path folder;

    @BeforeAll
    static void calibrate() throws Exception {
        LibTorch.setUp(1);
        golden = Checkpoint.read(RESOURCES.resolve("confidence/golden.npz")).tensors();
        model = TrainedModel.read(RESOURCES.resolve("architectures/plain"));
        float[] values = golden.get("pixels").values();
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (int) values[i];
        }
        float[] truth = golden.get("labels").values();
        int[] labels = IntStream.range(0, truth.length).map(i -> (int) truth[i]).toArray();
        pictures = new LabelledPixels(16, 16, pixels, labels);
        Answers all;
        try (VisionTransformer transformer = new VisionTransformer(model.config(), model.parameters());
                PointerScope scope = new PointerScope()) {
            VisionTransformer.Seen seen =
                    transformer.seen(Pixels.of(pixels, labels.length, 16, 16), ForwardObserver.NONE);
            all = new Answers(host(seen.logits()), host(seen.embedding()), labels);
        }
        int border = (int) number("known");
        known = all.part(IntStream.range(0, border).toArray());
        asked = all.part(IntStream.range(border, labels.length).toArray());
        sets = ConformalSets.calibrate(known, number("temperature"), 1 - number("coverage"));
        gaussians = ClassGaussians.fit(known, 5);
        calibrated = model.calibrated(
                number("temperature"),
                sets.promise(),
                KnownDistances.of(gaussians.distances(known)).map(gaussians::known));
    }

    private static float[] host(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.numel())];
        tensor.detach().to(torch.ScalarType.Float).contiguous().data_ptr_float().get(values);
        return values;
    }

    private static float number(String name) {
        return golden.get(name).values()[0];
    }

    @Test
    void shouldCalibrateAsNumpyDoes() {
        assertThat(sets.threshold()).isCloseTo(number("threshold"), within(1e-5));
        float[] limits = golden.get("limits").values();
        KnownDistances distances = calibrated.distance().orElseThrow().known();
        for (int i = 0; i < limits.length; i++) {
            assertThat((float) distances.limits().get(i).distance()).isCloseTo(limits[i], within(WITHIN * limits[i]));
        }
        assertThat(distances.percents()).isEqualTo("50.0, 90.0, 95.0");
    }

    /** Its embedding has another size than its tokens. */
    @Test
    void shouldMeasureEmbeddingsOfARepresentationLayer() throws Exception {
        TrainedModel pre = TrainedModel.read(RESOURCES.resolve("architectures/pre-logits"));
        IdxDataset data = IdxDataset.read(TinyIdx.write(folder, 3, 6), IdxDataset.Split.TEST);
        assertThat(pre.config().embeddingSize()).isNotEqualTo(pre.config().hiddenSize());
        try (VisionTransformer transformer = new VisionTransformer(pre.config(), pre.parameters())) {
            Answers four = answers(transformer, pre, data, 4);
            assertThat(four.width()).isEqualTo(pre.config().embeddingSize());
            assertThat(four.embeddings())
                    .containsExactly(answers(transformer, pre, data, 1).embeddings(), within(1e-5f));
        }
    }

    private static Answers answers(VisionTransformer transformer, TrainedModel trained, IdxDataset data, int batch)
            throws IOException {
        return new Evaluator(trained.preprocessing(), io.patchstream.trainer.torch.Precision.FP32, batch)
                .answers(transformer, data);
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void shouldAnswerAsTheTrainerAndAsNumpy(Flavour flavour) throws Exception {
        Path file = folder.resolve("model.onnx");
        ModelContract contract = new Exporter(
                        calibrated, new ExportSettings(flavour, Precision.FP32, number("temperature"), 0, 8))
                .export(file, pictures)
                .contract();
        ConformalPromise promise = contract.conformal().orElseThrow();
        Set<String> outputs = Set.of(ModelContract.PROBABILITIES, ModelContract.DISTANCE);
        Map<String, float[]> answers;
        try (RuntimeSession session = RuntimeSession.open(file)) {
            answers = session.answers(pictures, 1, outputs);
            assertThat(session.answers(pictures, 7, outputs).get(ModelContract.DISTANCE))
                    .as("the same bits in every batch")
                    .isEqualTo(answers.get(ModelContract.DISTANCE));
        }

        float[] numpysSets = golden.get("sets").values();
        float[] numpysDistances = golden.get("distances").values();
        double[] ours = gaussians.distances(asked);
        for (int i = 0; i < asked.size(); i++) {
            double[] probabilities = asked.probabilities(i, number("temperature"));
            for (int k = 0; k < 5; k++) {
                boolean held = promise.holds(answers.get(ModelContract.PROBABILITIES)[(known.size() + i) * 5 + k]);
                assertThat(held).isEqualTo(numpysSets[i * 5 + k] == 1).isEqualTo(probabilities[k] >= sets.threshold());
            }
            float distance = answers.get(ModelContract.DISTANCE)[known.size() + i];
            assertThat(distance).isCloseTo(numpysDistances[i], within(WITHIN * numpysDistances[i]));
            assertThat(distance).isCloseTo((float) ours[i], within(WITHIN * (float) ours[i]));
        }
        assertThat(contract.distances())
                .isEqualTo(Optional.of(calibrated.distance().orElseThrow().known()));
    }
}
