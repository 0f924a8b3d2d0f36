package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tiny random models that the stream processor's tests serve. To make them again:
 *
 * <pre>./mvnw -pl trainer -am test -Dtest=TinyModelsTest -Dsurefire.failIfNoSpecifiedTests=false -Dtiny.models=write</pre>
 */
class TinyModelsTest {
    private static final Path MODELS = Path.of("../stream-processor/src/test/resources/models");
    private static final TrainedModel MODEL = RandomModel.of(TestModels.tiny(), 1);

    /** Seven, so that their golden frames hold on processors without VNNI too. */
    private static final int WEIGHT_BITS = 7;

    @TempDir
    private Path folder;

    @BeforeAll
    static void writeThemWhenAsked() throws Exception {
        if (!"write".equals(System.getProperty("tiny.models"))) {
            return;
        }
        exportFloat(MODELS.resolve("tiny-fp32.onnx"));
        new Exporter(MODEL, ExportSettings.of(Flavour.FUSED, Precision.FP16)).export(MODELS.resolve("tiny-fp16.onnx"));
        exportBeside(MODELS.resolve("tiny-external.onnx"));
        exportConfident(MODELS.resolve("tiny-confident.onnx"));
        Exporter exporter =
                new Exporter(MODEL, new ExportSettings(Flavour.FUSED, Precision.INT8_STATIC, 1, 100, WEIGHT_BITS));
        exporter.export(
                MODELS.resolve("tiny-int8.onnx"),
                RandomPictures.of(64, 32, 2),
                exporter.labelledByModel(RandomPictures.of(64, 32, 3)));
    }

    @Test
    void shouldStillBeWhatTheExporterWrites() throws Exception {
        Path now = folder.resolve("tiny-fp32.onnx");
        exportFloat(now);
        assertThat(now).hasSameBinaryContentAs(MODELS.resolve("tiny-fp32.onnx"));
    }

    @Test
    void shouldStillSayTheSameOfItsConfidence() throws Exception {
        Path now = folder.resolve("tiny-confident.onnx");
        exportConfident(now);
        assertThat(now).hasSameBinaryContentAs(MODELS.resolve("tiny-confident.onnx"));
    }

    @Test
    void shouldStillPutWeightsBesideAsItDid() throws Exception {
        Path now = folder.resolve("tiny-external.onnx");
        exportBeside(now);
        assertThat(now).hasSameBinaryContentAs(MODELS.resolve("tiny-external.onnx"));
        assertThat(OnnxModel.dataFileOf(now))
                .hasSameBinaryContentAs(OnnxModel.dataFileOf(MODELS.resolve("tiny-external.onnx")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tiny-fp32.onnx", "tiny-fp16.onnx", "tiny-external.onnx", "tiny-int8.onnx", "tiny-confident.onnx"
            })
    void shouldAnswerAsTheirGoldenFramesSay(String name) throws Exception {
        Path committed = MODELS.resolve(name);
        GoldenFrames golden = GoldenFrames.read(GoldenFrames.beside(committed));
        try (RuntimeSession session = RuntimeSession.open(committed)) {
            for (int i = 0; i < golden.count(); i++) {
                LabelledPixels picture =
                        new LabelledPixels(golden.height(), golden.width(), golden.pixels(i), new int[1]);
                assertThat(session.logits(picture, 1))
                        .usingComparatorWithPrecision(golden.tolerance())
                        .containsExactly(golden.logits(i));
            }
        }
    }

    /** By a limit of nothing: its weights lie in {@code tiny-external.onnx.data}. */
    private static void exportBeside(Path file) throws Exception {
        new Exporter(MODEL, ExportSettings.of(Flavour.FUSED, Precision.FP32), 0).export(file);
    }

    /** The float model with conformal sets and distances. */
    private static void exportConfident(Path file) throws Exception {
        new Exporter(TestModels.calibrated(MODEL), new ExportSettings(Flavour.FUSED, Precision.FP32, 1.5, 0.5, 8))
                .export(file);
    }

    private static void exportFloat(Path file) throws Exception {
        new Exporter(MODEL, ExportSettings.of(Flavour.FUSED, Precision.FP32)).export(file);
    }
}
