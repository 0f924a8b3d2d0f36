package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The model that trains, held against plain loops written from the paper. */
class VisionTransformerParityTest {
    private static final int PICTURES = 3;

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    static Stream<ModelConfig> models() {
        return TestModels.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldAnswerAsThePaperSays(ModelConfig config) {
        TrainedModel trained = RandomModel.of(config, 7);
        int bytes = config.imageSize() * config.imageSize() * 3;
        byte[] pixels = new byte[PICTURES * bytes];
        new Random(3).nextBytes(pixels);

        float[] logits;
        try (VisionTransformer model = new VisionTransformer(config, trained.parameters())) {
            logits = new Evaluator(trained.preprocessing(), Precision.FP32, PICTURES).logits(model, pixels, PICTURES);
        }

        for (int i = 0; i < PICTURES; i++) {
            double[] expected = new ReferenceTransformer(trained)
                    .answer(java.util.Arrays.copyOfRange(pixels, i * bytes, (i + 1) * bytes))
                    .logits;
            for (int k = 0; k < expected.length; k++) {
                assertThat((double) logits[i * expected.length + k]).isCloseTo(expected[k], within(1e-4));
            }
        }
    }
}
