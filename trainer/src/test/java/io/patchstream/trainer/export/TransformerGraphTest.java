package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl;
import io.patchstream.trainer.model.ClassDistance;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TransformerGraphTest {
    private static final Set<String> OUTPUTS =
            Set.of(ModelContract.LOGITS, ModelContract.PROBABILITIES, ModelContract.EMBEDDING, ModelContract.DISTANCE);
    private static final double TEMPERATURE = 1.5;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("everyModelInEveryFlavour")
    void shouldAnswerAsThePaperSays(ModelConfig config, Flavour flavour) throws Exception {
        TrainedModel model = RandomModel.of(config, 7);
        LabelledPixels pictures = RandomPictures.of(10, config.imageSize(), 3);
        ReferenceTransformer reference = new ReferenceTransformer(model);
        try (RuntimeSession session = open(model, flavour)) {
            int from = 0;
            for (int batch : new int[] {1, 2, 7}) {
                Map<String, float[]> answers = run(session, pictures, from, batch);
                for (int i = 0; i < batch; i++) {
                    ReferenceTransformer.Answer expected = reference.answer(bytes(pictures.batch(from + i, 1)));
                    assertRow(answers.get(ModelContract.LOGITS), i, expected.logits, 1e-4);
                    assertRow(answers.get(ModelContract.EMBEDDING), i, expected.embedding, 1e-4);
                    assertRow(answers.get(ModelContract.PROBABILITIES), i, probabilities(expected.logits), 1e-5);
                    double distance = distance(expected.embedding);
                    assertThat((double) answers.get(ModelContract.DISTANCE)[i])
                            .isEqualTo(distance, within(1e-4 * distance));
                }
                from += batch;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyModelInEveryFlavour")
    void shouldGiveTheSameBitsInEveryBatch(ModelConfig config, Flavour flavour) throws Exception {
        LabelledPixels pictures = RandomPictures.of(17, config.imageSize(), 5);
        try (RuntimeSession session = open(RandomModel.of(config, 8), flavour)) {
            Map<String, float[]> alone = run(session, pictures, 1, 1);
            for (int batch : new int[] {2, 3, 4, 5, 8, 16}) {
                Map<String, float[]> together = run(session, pictures, 1, batch);
                for (String output : OUTPUTS) {
                    float[] expected = alone.get(output);
                    assertThat(together.get(output)).startsWith(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void shouldUseTheFlavoursOperatorsOnly(Flavour flavour) throws Exception {
        OnnxMl.ModelProto parsed = OnnxMl.ModelProto.parseFrom(
                onnx(RandomModel.of(TestModels.tiny(), 1), flavour).toBytes());
        Map<String, Long> operators = parsed.getGraph().getNodeList().stream()
                .collect(Collectors.groupingBy(
                        node -> (node.getDomain().isEmpty() ? "" : node.getDomain() + ".") + node.getOpType(),
                        Collectors.counting()));
        if (flavour == Flavour.FUSED) {
            assertThat(operators)
                    .containsEntry("com.microsoft.MultiHeadAttention", 2L)
                    .containsEntry("com.microsoft.SkipLayerNormalization", 5L)
                    .containsEntry("com.microsoft.FastGelu", 2L)
                    .containsEntry("MatMul", 8L);
        } else {
            assertThat(operators.keySet()).noneMatch(name -> name.contains("."));
            assertThat(operators)
                    .containsEntry("Attention", 2L)
                    .containsEntry("LayerNormalization", 5L)
                    .containsEntry("Gelu", 2L)
                    .containsEntry("MatMul", 8L);
        }
    }

    @Test
    void shouldCarryItsContract() throws Exception {
        OnnxModel onnx = onnx(RandomModel.of(TestModels.compact(), 1), Flavour.FUSED);
        Map<String, String> metadata = OnnxMl.ModelProto.parseFrom(onnx.toBytes()).getMetadataPropsList().stream()
                .collect(Collectors.toMap(
                        OnnxMl.StringStringEntryProto::getKey, OnnxMl.StringStringEntryProto::getValue));
        assertThat(ModelContract.fromMetadata(metadata))
                .isEqualTo(contract(RandomModel.of(TestModels.compact(), 1), Flavour.FUSED));
    }

    @Test
    void shouldKeepTheBatchOpen() throws Exception {
        OnnxMl.GraphProto graph = OnnxMl.ModelProto.parseFrom(onnx(RandomModel.of(TestModels.tiny(), 1), Flavour.FUSED)
                        .toBytes())
                .getGraph();
        assertThat(Stream.concat(graph.getInputList().stream(), graph.getOutputList().stream()))
                .hasSize(4)
                .allSatisfy(value -> assertThat(value.getType()
                                .getTensorType()
                                .getShape()
                                .getDim(0)
                                .getDimParam())
                        .isEqualTo("batch"));
    }

    @Test
    void shouldRefuseWeightsThatAreMissingMisshapenOrLeftOver() {
        TrainedModel model = RandomModel.of(TestModels.tiny(), 1);
        assertThatThrownBy(() -> without(model, "blocks.1.mlp.fc2.bias"))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("lacks the parameter blocks.1.mlp.fc2.bias [32]");
        assertThatThrownBy(() -> with(model, "head.bias", HostTensor.of(new float[3], 3)))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("head.bias is [3]; the configuration wants [10]");
        assertThatThrownBy(() -> with(model, "blocks.2.norm1.bias", HostTensor.of(new float[32], 32)))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("[blocks.2.norm1.bias]");
    }

    private static Stream<Arguments> everyModelInEveryFlavour() {
        return TestModels.all()
                .flatMap(config -> Stream.of(Flavour.values()).map(flavour -> Arguments.of(config, flavour)));
    }

    private static void without(TrainedModel model, String name) {
        Map<String, HostTensor> parameters = new HashMap<>(model.parameters());
        parameters.remove(name);
        TransformerGraph.of(model.config(), parameters, contract(model, Flavour.FUSED));
    }

    private static void with(TrainedModel model, String name, HostTensor tensor) {
        Map<String, HostTensor> parameters = new HashMap<>(model.parameters());
        parameters.put(name, tensor);
        TransformerGraph.of(model.config(), parameters, contract(model, Flavour.FUSED));
    }

    private static ModelContract contract(TrainedModel model, Flavour flavour) {
        return new ModelContract(
                model.config().name(),
                model.labels(),
                model.preprocessing(),
                model.config().embeddingSize(),
                TEMPERATURE,
                Precision.FP32,
                flavour,
                model.lineage());
    }

    private static OnnxModel onnx(TrainedModel model, Flavour flavour) {
        return TransformerGraph.of(model.config(), model.parameters(), contract(model, flavour));
    }

    /** With distances to some classes. */
    private RuntimeSession open(TrainedModel model, Flavour flavour) throws Exception {
        Path file = folder.resolve("model.onnx");
        TransformerGraph.of(
                        model.config(),
                        model.parameters(),
                        contract(model, flavour),
                        Optional.of(TestModels.distance(model.config().embeddingSize())))
                .write(file);
        return RuntimeSession.open(file);
    }

    private static Map<String, float[]> run(RuntimeSession session, LabelledPixels pictures, int from, int batch) {
        return session.run(pictures.batch(from, batch), batch, pictures.height(), pictures.width(), OUTPUTS);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** As its record says: {@code min_k |W e + b - m_k|^2}. */
    private static double distance(double[] embedding) {
        int size = embedding.length;
        ClassDistance classes = TestModels.distance(size);
        double nearest = Double.POSITIVE_INFINITY;
        for (int k = 0; k < classes.classes(); k++) {
            double sum = 0;
            for (int i = 0; i < size; i++) {
                double difference =
                        classes.offset().values()[i] - classes.means().values()[k * size + i];
                for (int j = 0; j < size; j++) {
                    difference += classes.weight().values()[i * size + j] * embedding[j];
                }
                sum += difference * difference;
            }
            nearest = Math.min(nearest, sum);
        }
        return nearest;
    }

    private static double[] probabilities(double[] logits) {
        double[] scores = new double[logits.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = logits[i] / TEMPERATURE;
        }
        ReferenceTransformer.softmax(scores);
        return scores;
    }

    private static void assertRow(float[] rows, int row, double[] expected, double tolerance) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) rows[row * expected.length + i]).isEqualTo(expected[i], within(tolerance));
        }
    }
}
