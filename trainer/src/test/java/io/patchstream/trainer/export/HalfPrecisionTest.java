package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.tensor.HalfFloat;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HalfPrecisionTest {
    private static final int FLOAT = 1;
    private static final int HALF = 10;
    private static final int PICTURES = 7;

    @TempDir
    private Path folder;

    private static Stream<Arguments> everyModelAndFlavour() {
        return TestModels.all()
                .flatMap(config -> Stream.of(Flavour.values()).map(flavour -> Arguments.of(config, flavour)));
    }

    /** The weights as halves, all else in float32 by libtorch: what is left is the rounding between some nodes. */
    @ParameterizedTest
    @MethodSource("everyModelAndFlavour")
    void shouldAnswerAsLibTorchDoesWithRoundedWeights(ModelConfig config, Flavour flavour) throws Exception {
        LibTorch.setUp(1);
        TrainedModel model = RandomModel.of(config, 4);
        LabelledPixels pictures = RandomPictures.of(PICTURES, config.imageSize(), 9);
        byte[] pixels = new byte[pictures.batch(0, PICTURES).remaining()];
        pictures.batch(0, PICTURES).get(pixels);
        Map<String, HostTensor> rounded = new LinkedHashMap<>();
        model.parameters()
                .forEach((name, tensor) ->
                        rounded.put(name, name.startsWith("patch_embed.") ? tensor : rounded(tensor)));
        float[] expected;
        try (VisionTransformer transformer = new VisionTransformer(config, rounded)) {
            expected = new Evaluator(model.preprocessing(), io.patchstream.trainer.torch.Precision.FP32, PICTURES)
                    .logits(transformer, pixels, PICTURES);
        }

        Path file = folder.resolve("half.onnx");
        HalfReport report = new Exporter(model, ExportSettings.of(flavour, Precision.FP16))
                .export(file, pictures)
                .half()
                .orElseThrow();

        try (RuntimeSession session = RuntimeSession.open(file)) {
            float[] logits = session.logits(pictures, PICTURES);
            assertThat(logits).containsExactly(expected, within((float) (5e-3 * report.largestLogit())));
        }
        assertThat(report.largestDifference()).isPositive().isLessThan(0.01 * report.largestLogit());
        assertThat(report.largestDifferenceRounded()).isPositive().isLessThan(0.02 * report.largestLogit());
    }

    @ParameterizedTest
    @MethodSource("everyModelAndFlavour")
    void shouldGiveTheSameBitsInEveryBatch(ModelConfig config, Flavour flavour) throws Exception {
        Path file = exported(RandomModel.of(config, 3), flavour);
        LabelledPixels pictures = RandomPictures.of(17, config.imageSize(), 5);
        try (RuntimeSession session = RuntimeSession.open(file)) {
            float[] alone = session.logits(pictures, 1);
            for (int batch : new int[] {2, 3, 5, 16}) {
                assertThat(session.logits(pictures, batch)).isEqualTo(alone);
            }
        }
    }

    @Test
    void shouldHoldHalvesAndKeepPatchFilterAndSoftmaxFloat() throws Exception {
        TrainedModel model = RandomModel.of(TestModels.tiny(), 1);
        Path file = exported(model, Flavour.FUSED);
        OnnxMl.GraphProto graph =
                OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file)).getGraph();
        Map<String, Integer> types = graph.getInitializerList().stream()
                .collect(Collectors.toMap(OnnxMl.TensorProto::getName, OnnxMl.TensorProto::getDataType));
        assertThat(types)
                .containsEntry("blocks.0.attn.qkv.weight", HALF)
                .containsEntry("blocks.1.norm1.weight", HALF)
                .containsEntry("head.weight", HALF)
                .containsEntry("pos_embed", HALF)
                .containsEntry("patch_embed.proj.weight", FLOAT)
                .containsEntry("temperature.inverse", FLOAT);
        assertThat(graph.getOutputList())
                .allMatch(output -> output.getType().getTensorType().getElemType() == FLOAT);
        Path whole = folder.resolve("whole.onnx");
        new Exporter(model, ExportSettings.of(Flavour.FUSED, Precision.FP32)).export(whole);
        assertThat(Files.size(file)).isLessThan(Files.size(whole) * 7 / 10);
    }

    @Test
    void shouldTolerateInGoldenFramesWhatRoundingCosts() throws Exception {
        TrainedModel model = RandomModel.of(TestModels.tiny(), 1);
        Path file = folder.resolve("model.onnx");
        HalfReport report = new Exporter(model, ExportSettings.of(Flavour.FUSED, Precision.FP16))
                .export(file)
                .half()
                .orElseThrow();
        Path whole = folder.resolve("whole.onnx");
        new Exporter(model, ExportSettings.of(Flavour.FUSED, Precision.FP32)).export(whole);
        float tolerance = GoldenFrames.read(GoldenFrames.beside(file)).tolerance();
        assertThat(tolerance)
                .isGreaterThan(GoldenFrames.read(GoldenFrames.beside(whole)).tolerance())
                .isGreaterThan((float) report.largestDifferenceRounded())
                .isLessThan((float) (0.1 * report.largestLogit()));
    }

    /** The form that rounds everywhere is another computation than the one that rounds weights. */
    @Test
    void shouldMeasureRoundingBetweenNodes() throws Exception {
        HalfReport report = new Exporter(
                        RandomModel.of(TestModels.tiny(), 1), ExportSettings.of(Flavour.PORTABLE, Precision.FP16))
                .export(folder.resolve("model.onnx"))
                .half()
                .orElseThrow();
        assertThat(report.largestDifferenceRounded()).isNotEqualTo(report.largestDifference());
    }

    @Test
    void shouldRefuseWhatHalvesCannotHold() throws Exception {
        Exporter weights = exporterWith("blocks.1.mlp.fc2.weight", 1e5f);
        assertThatThrownBy(() -> weights.export(folder.resolve("model.onnx")))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("half precision ends at 65504; blocks.1.mlp.fc2.weight has 100000");
        Exporter results = exporterWith("blocks.0.mlp.fc2.weight", 6e4f);
        assertThatThrownBy(() -> results.export(folder.resolve("model.onnx")))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("half precision overflows in this model");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    private static Exporter exporterWith(String name, float value) {
        TrainedModel model = RandomModel.of(TestModels.tiny(), 1);
        Map<String, HostTensor> parameters = new LinkedHashMap<>(model.parameters());
        float[] values = parameters.get(name).values().clone();
        java.util.Arrays.fill(values, value);
        parameters.put(name, new HostTensor(parameters.get(name).shape(), values));
        return new Exporter(
                new TrainedModel(model.config(), parameters, model.labels(), model.preprocessing(), model.lineage()),
                ExportSettings.of(Flavour.FUSED, Precision.FP16));
    }

    private Path exported(TrainedModel model, Flavour flavour) throws Exception {
        Path file = folder.resolve("model.onnx");
        new Exporter(model, ExportSettings.of(flavour, Precision.FP16)).export(file);
        return file;
    }

    private static HostTensor rounded(HostTensor tensor) {
        float[] values = new float[tensor.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = HalfFloat.toFloat(HalfFloat.of(tensor.values()[i]));
        }
        return new HostTensor(tensor.shape(), values);
    }
}
