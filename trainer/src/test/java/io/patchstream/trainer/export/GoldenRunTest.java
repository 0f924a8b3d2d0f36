package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GoldenRunTest {
    private static final TrainedModel MODEL = RandomModel.of(TestModels.tiny(), 1);
    private static final LabelledPixels PICTURES = RandomPictures.of(24, 32, 2);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"FP32", "INT8_STATIC"})
    void shouldTolerateOtherKernelsButNoOtherPixelsAndNoOtherWeights(Precision precision) throws Exception {
        Path model = exported(MODEL, Flavour.FUSED, precision);
        GoldenFrames golden = GoldenFrames.read(GoldenFrames.beside(model));

        assertThat(farthest(model, golden, false)).isZero();
        assertThat(farthest(exported(MODEL, Flavour.PORTABLE, precision), golden, false))
                .isLessThan(golden.tolerance());
        assertThat(farthest(model, golden, true)).isGreaterThan(2 * golden.tolerance());
        Path other = exported(RandomModel.of(TestModels.tiny(), 2), Flavour.FUSED, precision);
        assertThat(farthest(other, golden, false)).isGreaterThan(2 * golden.tolerance());
    }

    private Path exported(TrainedModel model, Flavour flavour, Precision precision) throws Exception {
        Path file = folder.resolve(flavour + "-" + model.lineage().seed() + ".onnx");
        new Exporter(model, new ExportSettings(flavour, precision, 1, 100, 8)).export(file, PICTURES, PICTURES);
        return file;
    }

    /** The largest difference of a logit, over all golden frames. */
    private static float farthest(Path model, GoldenFrames golden, boolean swapRedAndBlue) {
        float largest = 0;
        try (RuntimeSession session = RuntimeSession.open(model)) {
            for (int frame = 0; frame < golden.count(); frame++) {
                byte[] pixels = golden.pixels(frame);
                for (int i = 0; swapRedAndBlue && i < pixels.length; i += 3) {
                    byte red = pixels[i];
                    pixels[i] = pixels[i + 2];
                    pixels[i + 2] = red;
                }
                float[] logits =
                        session.logits(new LabelledPixels(golden.height(), golden.width(), pixels, new int[1]), 1);
                for (int i = 0; i < logits.length; i++) {
                    largest = Math.max(largest, Math.abs(logits[i] - golden.logits(frame)[i]));
                }
            }
        }
        return largest;
    }
}
