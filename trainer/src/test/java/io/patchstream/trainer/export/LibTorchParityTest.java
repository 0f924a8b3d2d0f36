package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was trained is what is served: libtorch's logits and those of the exported file. */
class LibTorchParityTest {
    private static final int PICTURES = 7;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("models")
    void shouldServeWhatWasTrained(ModelConfig config) throws Exception {
        LibTorch.setUp(1);
        TrainedModel model = RandomModel.of(config, 4);
        LabelledPixels pictures = RandomPictures.of(PICTURES, config.imageSize(), 9);
        byte[] pixels = new byte[pictures.batch(0, PICTURES).remaining()];
        pictures.batch(0, PICTURES).get(pixels);
        float[] trained;
        try (VisionTransformer transformer = new VisionTransformer(config, model.parameters())) {
            trained = new Evaluator(model.preprocessing(), io.patchstream.trainer.torch.Precision.FP32, PICTURES)
                    .logits(transformer, pixels, PICTURES);
        }
        for (Flavour flavour : Flavour.values()) {
            Path file = folder.resolve(flavour + ".onnx");
            new Exporter(model, ExportSettings.of(flavour, Precision.FP32)).export(file, pictures);
            try (RuntimeSession session = RuntimeSession.open(file)) {
                assertThat(session.logits(pictures, PICTURES))
                        .usingComparatorWithPrecision(1e-4f)
                        .containsExactly(trained);
            }
        }
    }

    private static Stream<ModelConfig> models() {
        return TestModels.all();
    }
}
