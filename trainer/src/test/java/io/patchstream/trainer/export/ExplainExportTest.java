package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.evaluate.Observation;
import io.patchstream.trainer.inspect.AttentionMaps;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.RolloutContract;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The explain file tells what {@code inspect} tells, which is held against numpy; every architecture, both flavours. */
class ExplainExportTest {
    private static final Path ARCHITECTURES = Path.of("src/test/resources/architectures");
    private static final int PICTURES = 3;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("models")
    void shouldRollOutAsInspectDoes(TrainedModel model) throws Exception {
        LibTorch.setUp(1);
        LabelledPixels pictures = RandomPictures.of(PICTURES, model.config().imageSize(), 9);
        Observation seen = observed(model, pictures);
        for (Flavour flavour : Flavour.values()) {
            Path file = folder.resolve(flavour + ".onnx");
            Path explain = folder.resolve(flavour + "-explain.onnx");
            new Exporter(model, ExportSettings.of(flavour, Precision.FP32)).export(file, pictures);

            RolloutContract told = new ExplainExport(file).write(List.of(), explain);

            assertThat(told.blocks()).isEqualTo(model.config().layers());
            assertThat(told.heads()).isEqualTo(model.config().heads());
            try (RuntimeSession session = RuntimeSession.open(explain)) {
                int side = model.config().imageSize();
                float[] shares = session.run(
                                pictures.batch(0, PICTURES), PICTURES, side, side, Set.of(RolloutContract.ROLLOUT))
                        .get(RolloutContract.ROLLOUT);
                int patches = model.config().tokens();
                assertThat(shares).hasSize(PICTURES * patches);
                for (int picture = 0; picture < PICTURES; picture++) {
                    double[] expected = AttentionMaps.rollout(seen, picture);
                    for (int i = 0; i < patches; i++) {
                        assertThat(shares[picture * patches + i])
                                .as("%s, picture %d, patch %d", flavour, picture, i)
                                .isCloseTo((float) expected[i], within(1e-6f + (float) expected[i] * 1e-4f));
                    }
                }
            }
        }
    }

    private static Observation observed(TrainedModel model, LabelledPixels pictures) {
        byte[] pixels = new byte[pictures.batch(0, PICTURES).remaining()];
        pictures.batch(0, PICTURES).get(pixels);
        try (VisionTransformer transformer = new VisionTransformer(model.config(), model.parameters())) {
            return new Evaluator(model.preprocessing(), io.patchstream.trainer.torch.Precision.FP32, PICTURES)
                    .observe(transformer, pixels, PICTURES);
        }
    }

    /** Weights of those of TestModels are large, so that attention is not the same everywhere. */
    private static Stream<TrainedModel> models() throws IOException {
        try (Stream<Path> folders = Files.list(ARCHITECTURES)) {
            List<TrainedModel> golden = folders.filter(Files::isDirectory)
                    .sorted()
                    .map(ExplainExportTest::read)
                    .filter(model -> model.config().layers() > 0)
                    .toList();
            return Stream.concat(TestModels.all().map(ExplainExportTest::lively), golden.stream());
        }
    }

    private static TrainedModel read(Path folder) {
        try {
            return TrainedModel.read(folder);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static TrainedModel lively(ModelConfig config) {
        TrainedModel model = RandomModel.of(config, 4);
        Random random = new Random(5);
        model.parameters().forEach((name, tensor) -> {
            if (name.contains("attn.qkv") || name.contains("sequence_pool")) {
                float[] values = tensor.values();
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian() * 0.5f;
                }
            }
        });
        return model;
    }

    @Test
    void shouldBeTheModelsBytesAndNameItsHash() throws Exception {
        Path file = exported("model", 2);
        Path explain = folder.resolve("model-explain.onnx");

        RolloutContract told = new ExplainExport(file).write(List.of(), explain);

        byte[] model = Files.readAllBytes(file);
        assertThat(Arrays.copyOf(Files.readAllBytes(explain), model.length)).isEqualTo(model);
        assertThat(told.explains()).containsExactly(Sha256.of(file));
        Map<String, String> metadata = WrittenModel.read(explain).metadata();
        assertThat(RolloutContract.fromMetadata(metadata)).isEqualTo(told);
        assertThat(ModelContract.fromMetadata(metadata))
                .isEqualTo(ModelContract.fromMetadata(WrittenModel.read(file).metadata()));
        assertThat(WrittenModel.read(explain).nodes().stream()
                        .map(OnnxNode::name)
                        .filter(name -> name.equals(RolloutContract.ROLLOUT)))
                .hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("precisions")
    void shouldExplainOtherPrecisionsOfTheSameWeightsOnly(Precision precision) throws Exception {
        Path file = exported("model", 2);
        Path other = exported("other", 2, precision);
        Path stranger = exported("stranger", 3, precision);
        Path explain = folder.resolve("model-explain.onnx");

        assertThat(new ExplainExport(file).write(List.of(other), explain).explains())
                .containsExactly(Sha256.of(file), Sha256.of(other));
        Files.delete(explain);
        assertThatThrownBy(() -> new ExplainExport(file).write(List.of(other, stranger), explain))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("stranger.onnx has other weights");
        assertThat(explain).doesNotExist();
    }

    private static Stream<Precision> precisions() {
        return Stream.of(Precision.values());
    }

    @Test
    void shouldRefuseWhatItCannotExplain() throws Exception {
        Path int8 = exported("int8", 2, Precision.INT8_STATIC);
        assertThatThrownBy(() -> new ExplainExport(int8))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("export --precision fp32 first");

        Path file = exported("model", 2);
        Path explain = folder.resolve("model-explain.onnx");
        new ExplainExport(file).write(List.of(), explain);
        assertThatThrownBy(() -> new ExplainExport(explain)).hasMessageContaining("an explain file already");

        Path text = Files.writeString(folder.resolve("text.onnx"), "this is no model, and says so");
        assertThatThrownBy(() -> new ExplainExport(text)).hasMessageContaining("is no ONNX file");
    }

    @Test
    void shouldWriteNothingThatDoesNotAnswerAsTheModelDoes() throws Exception {
        Path file = exported("model", 2);
        Files.copy(
                GoldenFrames.beside(exported("stranger", 3)),
                GoldenFrames.beside(file),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Path explain = folder.resolve("model-explain.onnx");

        assertThatThrownBy(() -> new ExplainExport(file).write(List.of(), explain))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("of golden frame 0 is");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.contains("explain"));
        }
    }

    @Test
    void shouldExplainAModelWhoseWeightsLieBesideIt() throws Exception {
        TrainedModel model = RandomModel.of(TestModels.tiny(), 2);
        Path file = folder.resolve("large.onnx");
        new Exporter(model, ExportSettings.of(Flavour.FUSED, Precision.FP32), 0).export(file);
        assertThat(folder.resolve("large.onnx.data")).exists();

        RolloutContract told = new ExplainExport(file).write(List.of(), folder.resolve("large-explain.onnx"));

        assertThat(told.explains().get(0)).isNotEqualTo(Sha256.of(file));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        assertThatThrownBy(() -> new ExplainExport(file).write(List.of(), elsewhere.resolve("large-explain.onnx")))
                .hasMessageContaining("lie in a file beside it");
    }

    private Path exported(String name, long seed) throws IOException {
        return exported(name, seed, Precision.FP32);
    }

    private Path exported(String name, long seed, Precision precision) throws IOException {
        TrainedModel model = RandomModel.of(TestModels.tiny(), seed);
        // Random models have the same norms and biases: 1 and 0.
        Random random = new Random(seed);
        for (HostTensor tensor : model.parameters().values()) {
            for (int i = 0; i < tensor.values().length; i++) {
                tensor.values()[i] += (float) random.nextGaussian() * 0.01f;
            }
        }
        Path file = folder.resolve(name + ".onnx");
        LabelledPixels pictures = RandomPictures.of(16, model.config().imageSize(), 9);
        ExportSettings settings = new ExportSettings(Flavour.FUSED, precision, 1, 100, 7);
        Exporter exporter = new Exporter(model, settings);
        if (precision == Precision.INT8_STATIC) {
            exporter.export(file, pictures, exporter.labelledByModel(pictures));
        } else {
            exporter.export(file, pictures);
        }
        return file;
    }
}
