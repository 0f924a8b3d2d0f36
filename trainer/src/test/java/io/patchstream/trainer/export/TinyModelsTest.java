package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tiny random models that the stream processor's tests serve. To make them again:
 *
 * <pre>./mvnw -pl trainer -am test -Dtest=TinyModelsTest -Dsurefire.failIfNoSpecifiedTests=false -Dtiny.models=write</pre>
 */
class TinyModelsTest {
    private static final Path MODELS = Path.of("../stream-processor/src/test/resources/models");
    private static final TrainedModel MODEL = RandomModel.of(TestModels.tiny(), 1);

    @TempDir
    private Path folder;

    @Test
    @EnabledIfSystemProperty(named = "tiny.models", matches = "write")
    void writeThem() throws Exception {
        export(Precision.FP32, MODELS.resolve("tiny-fp32.onnx"));
    }

    @Test
    void shouldStillBeWhatTheExporterWrites() throws Exception {
        Path committed = MODELS.resolve("tiny-fp32.onnx");
        Path now = folder.resolve("tiny-fp32.onnx");
        export(Precision.FP32, now);
        assertThat(now).hasSameBinaryContentAs(committed);
    }

    @Test
    void shouldAnswerAsTheirGoldenFramesSay() throws Exception {
        Path committed = MODELS.resolve("tiny-fp32.onnx");
        GoldenFrames golden = GoldenFrames.read(GoldenFrames.beside(committed));
        byte[] pixels = new byte[golden.count() * golden.height() * golden.width() * 3];
        for (int i = 0; i < golden.count(); i++) {
            System.arraycopy(golden.pixels(i), 0, pixels, i * pixels.length / golden.count(), golden.pixels(i).length);
        }
        LabelledPixels pictures = new LabelledPixels(golden.height(), golden.width(), pixels, new int[golden.count()]);
        try (RuntimeSession session = RuntimeSession.open(committed)) {
            float[] logits = session.logits(pictures, golden.count());
            for (int i = 0; i < logits.length; i++) {
                float expected = golden.logits(i / golden.classes())[i % golden.classes()];
                assertThat(logits[i]).isCloseTo(expected, org.assertj.core.api.Assertions.within(golden.tolerance()));
            }
        }
    }

    private static void export(Precision precision, Path file) throws Exception {
        assertThat(Files.exists(file.toAbsolutePath().getParent())).isTrue();
        new Exporter(MODEL, ExportSettings.of(Flavour.FUSED, precision)).export(file);
    }
}
