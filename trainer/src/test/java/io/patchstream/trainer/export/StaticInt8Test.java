package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class StaticInt8Test {
    private static final LabelledPixels CALIBRATION = RandomPictures.of(24, 32, 11);
    private static final TrainedModel TINY = RandomModel.of(TestModels.tiny(), 1);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("someModelsInEveryFlavour")
    void shouldGiveTheSameBitsInEveryBatch(ModelConfig config, Flavour flavour) throws Exception {
        Path file = exported(RandomModel.of(config, 3), flavour);
        LabelledPixels pictures = RandomPictures.of(17, config.imageSize(), 5);
        try (RuntimeSession session = RuntimeSession.open(file)) {
            float[] alone = logits(session, pictures, 1);
            for (int batch : new int[] {2, 3, 4, 5, 8, 16}) {
                assertThat(logits(session, pictures, batch)).startsWith(alone);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void shouldRunOnIntegerKernels(Flavour flavour) throws Exception {
        Map<String, Long> operators = optimisedOperators(exported(TINY, flavour));
        assertThat(operators).containsEntry("MatMulIntegerToFloat", 8L).containsEntry("QuantizeLinear", 8L);
        assertThat(operators).doesNotContainKeys("MatMul", "DequantizeLinear", "DynamicQuantizeLinear");
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void shouldStayNearTheFloatModel(Flavour flavour) throws Exception {
        Exporter exporter = new Exporter(TINY, settings(flavour, 100, 7));
        QuantisationReport report = exporter.export(
                        folder.resolve("tiny.onnx"),
                        CALIBRATION,
                        exporter.labelledByModel(RandomPictures.of(64, 32, 12)))
                .quantisation()
                .orElseThrow();
        assertThat(report.floatAccuracy()).isEqualTo(1);
        assertThat(report.rmsLogitError()).isLessThan(0.05 * report.rmsLogit()).isPositive();
        assertThat(report.agreement()).isGreaterThan(0.85).isEqualTo(report.accuracy());
    }

    @Test
    void shouldWriteWhatItMeasuredIntoTheLineage() throws Exception {
        Path file = exported(TINY, Flavour.FUSED);
        Map<String, String> metadata =
                OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file)).getMetadataPropsList().stream()
                        .collect(Collectors.toMap(
                                OnnxMl.StringStringEntryProto::getKey, OnnxMl.StringStringEntryProto::getValue));
        ModelContract contract = ModelContract.fromMetadata(metadata);
        assertThat(contract.precision()).isEqualTo(Precision.INT8_STATIC);
        assertThat(contract.lineage().metrics())
                .containsKeys("int8-gate-top1", "int8-gate-top1-float")
                .containsEntry("int8-gate-pictures", 24.0);
        assertThat(GoldenFrames.read(GoldenFrames.beside(file)).tolerance()).isBetween(1e-3f, 0.5f);
    }

    @Test
    void shouldRefuseAModelThatLosesTooMuchAndWriteNothing() throws Exception {
        TrainedModel fragile = withHugeChannels(TINY);
        Exporter exporter = new Exporter(fragile, settings(Flavour.FUSED, 0.5, 7));
        LabelledPixels validation = exporter.labelledByModel(RandomPictures.of(64, 32, 12));
        Path file = folder.resolve("fragile.onnx");
        assertThatThrownBy(() -> exporter.export(file, CALIBRATION, validation))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("points of top-1 accuracy (100.00 % to")
                .hasMessageContaining("allowed are 0.50: nothing was written")
                .hasMessageContaining("by layer alone, the worst first:")
                .hasMessageMatching("(?s).*(\\R  blocks\\.\\d\\.\\S+ +\\S+){8}\\R.*")
                .hasMessageContaining("--max-drop");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    /** The advice of a refusal, followed. */
    @Test
    void shouldPassWithTheLayersInFloatThatTheRefusalNames() throws Exception {
        TrainedModel fragile = withHugeChannels(TINY);
        Exporter refused = new Exporter(fragile, settings(Flavour.FUSED, 10, 7));
        LabelledPixels validation = refused.labelledByModel(RandomPictures.of(64, 32, 12));
        Path file = folder.resolve("fragile.onnx");
        Throwable refusal =
                org.assertj.core.api.Assertions.catchThrowable(() -> refused.export(file, CALIBRATION, validation));
        Matcher advice = Pattern.compile("With (\\d) of 8 layers in float it costs .* points: --keep-float (\\S+)")
                .matcher(refusal.getMessage());
        assertThat(advice.find()).as(refusal.getMessage()).isTrue();
        List<String> kept = List.of(advice.group(2).split(",", -1));
        assertThat(kept).hasSize(Integer.parseInt(advice.group(1)));

        new Exporter(fragile, new ExportSettings(Flavour.FUSED, Precision.INT8_STATIC, 1, 10, 7, kept))
                .export(file, CALIBRATION, validation);

        Set<String> names =
                OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList().stream()
                        .map(OnnxMl.TensorProto::getName)
                        .collect(Collectors.toSet());
        for (String layer : TransformerGraph.denseLayers(fragile.config())) {
            assertThat(names.contains(layer + ".weight")).as(layer).isEqualTo(kept.contains(layer));
            assertThat(names.contains(layer + ".weight.int8")).as(layer).isNotEqualTo(kept.contains(layer));
        }
    }

    @Test
    void shouldKeepLayersInFloatByPattern() {
        List<String> all = TransformerGraph.denseLayers(TestModels.tiny());
        assertThat(keeping("blocks.0.*", "*.fc2").quantised(all))
                .containsExactly("blocks.1.attn.qkv", "blocks.1.attn.proj", "blocks.1.mlp.fc1");
        assertThatThrownBy(() -> keeping("blocks.7.*").quantised(all))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("no layer is called blocks.7.*; there are blocks.0.attn.qkv, ");
    }

    private static ExportSettings keeping(String... layers) {
        return new ExportSettings(Flavour.FUSED, Precision.INT8_STATIC, 1, 1, 7, List.of(layers));
    }

    @Test
    void shouldKeepSevenBitWeightsWithinWhatSixteenBitSumsHold() throws Exception {
        Path file = folder.resolve("seven.onnx");
        new Exporter(TINY, settings(Flavour.FUSED, 100, 7)).export(file, CALIBRATION, CALIBRATION);
        OnnxMl.ModelProto parsed = OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file));
        int largest = parsed.getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getName().endsWith(".int8"))
                .flatMap(tensor -> Stream.of(tensor.getRawData().toByteArray()))
                .mapToInt(StaticInt8Test::largest)
                .max()
                .orElseThrow();
        assertThat(largest).isEqualTo(63);
        assertThat(2 * 255 * largest).isLessThan(1 << 15);
    }

    @Test
    void shouldNeedPictures() {
        Path file = folder.resolve("model.onnx");
        assertThatThrownBy(() -> new Exporter(TINY, settings(Flavour.FUSED, 1, 7)).export(file))
                .hasMessageContaining("needs pictures");
        assertThatThrownBy(() -> new Exporter(TINY, settings(Flavour.FUSED, 1, 7))
                        .export(file, RandomPictures.of(1, 28, 1), CALIBRATION))
                .hasMessageContaining("28 x 28; this model needs at least one, of 32 x 32");
    }

    private static Stream<Arguments> someModelsInEveryFlavour() {
        return Stream.of(TestModels.tiny(), TestModels.compact())
                .flatMap(config -> Stream.of(Flavour.values()).map(flavour -> Arguments.of(config, flavour)));
    }

    private static ExportSettings settings(Flavour flavour, double mostDrop, int bits) {
        return new ExportSettings(flavour, Precision.INT8_STATIC, 1, mostDrop, bits);
    }

    private Path exported(TrainedModel model, Flavour flavour) throws Exception {
        LabelledPixels pictures = RandomPictures.of(24, model.config().imageSize(), 11);
        Path file = folder.resolve("model.onnx");
        new Exporter(model, settings(flavour, 100, 7)).export(file, pictures, pictures);
        return file;
    }

    private static float[] logits(RuntimeSession session, LabelledPixels pictures, int batch) {
        return session.run(
                        pictures.batch(1, batch),
                        batch,
                        pictures.height(),
                        pictures.width(),
                        Set.of(ModelContract.LOGITS))
                .get(ModelContract.LOGITS);
    }

    private static int largest(byte[] levels) {
        int largest = 0;
        for (byte level : levels) {
            largest = Math.max(largest, Math.abs(level));
        }
        return largest;
    }

    /** In each norm one channel is a thousand times the others, and the kernels that read it so much less: in float the same model. */
    private static TrainedModel withHugeChannels(TrainedModel model) {
        Map<String, HostTensor> parameters = new LinkedHashMap<>(model.parameters());
        for (String block : new String[] {"blocks.0.", "blocks.1."}) {
            for (String norm : new String[] {"norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"}) {
                scale(parameters, block + norm, 32, 1000);
            }
            scale(parameters, block + "attn.qkv.weight", 32, 1e-3f);
            scale(parameters, block + "mlp.fc1.weight", 32, 1e-3f);
        }
        return new TrainedModel(model.config(), parameters, model.labels(), model.preprocessing(), model.lineage());
    }

    /** Scales the first of every {@code row} elements. */
    private static void scale(Map<String, HostTensor> parameters, String name, int row, float factor) {
        float[] values = parameters.get(name).values().clone();
        for (int i = 0; i < values.length; i += row) {
            values[i] *= factor;
        }
        parameters.put(name, new HostTensor(parameters.get(name).shape(), values));
    }

    /** What ONNX Runtime makes of the file for this machine. */
    private Map<String, Long> optimisedOperators(Path file) throws Exception {
        Path optimised = folder.resolve("optimised.onnx");
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            // It warns that the file fits this machine only, which is what is wanted.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            options.setOptimizedModelFilePath(optimised.toString());
            OrtEnvironment.getEnvironment()
                    .createSession(file.toString(), options)
                    .close();
        }
        return OnnxMl.ModelProto.parseFrom(Files.readAllBytes(optimised)).getGraph().getNodeList().stream()
                .collect(Collectors.groupingBy(OnnxMl.NodeProto::getOpType, Collectors.counting()));
    }
}
