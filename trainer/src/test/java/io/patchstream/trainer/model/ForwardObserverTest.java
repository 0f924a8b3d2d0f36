package io.patchstream.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Pixels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ForwardObserverTest {
    private static final int BATCH = 3;
    private static final int SIDE = 16;
    private static final int HEADS = 2;

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    @Test
    void shouldChangeNothingByWatching() {
        for (ModelConfig config : List.of(
                config(new Patches(4), Pooling.CLASS_TOKEN, 2),
                config(new Patches(4), Pooling.MEAN, 0),
                config(new Patches(4), Pooling.MAP, 0),
                config(new Convolutions(2, 3, 8), Pooling.SEQUENCE, 0))) {
            try (VisionTransformer model = new VisionTransformer(config, Initialisation.of(config, 3));
                    PointerScope scope = new PointerScope()) {
                float[] alone = host(model.embedding(pixels(), false));
                float[] watched = host(model.embedding(pixels(), false, new Watcher()));

                assertThat(watched).isEqualTo(alone);
                torch.manual_seed(5);
                float[] learning = host(model.embedding(pixels(), true));
                torch.manual_seed(5);
                assertThat(host(model.embedding(pixels(), true, new Watcher()))).isEqualTo(learning);
            }
        }
    }

    @Test
    void shouldShowEachBlocksAttentionWithRowsThatSumToOne() {
        ModelConfig config = config(new Patches(4), Pooling.CLASS_TOKEN, 0);
        Watcher watcher = new Watcher();
        try (VisionTransformer model = new VisionTransformer(config, Initialisation.of(config, 3));
                PointerScope scope = new PointerScope()) {
            model.embedding(pixels(), false, watcher);
        }

        assertThat(watcher.blocks).containsExactly(0, 1);
        for (float[] attention : watcher.attention) {
            int tokens = 17;
            assertThat(attention).hasSize(BATCH * HEADS * tokens * tokens);
            for (int row = 0; row < attention.length; row += tokens) {
                double sum = 0;
                for (int j = 0; j < tokens; j++) {
                    sum += attention[row + j];
                }
                assertThat(sum).isCloseTo(1, within(1e-5));
            }
        }
    }

    @Test
    void shouldShowTheTokensThatTheEmbeddingIsTakenFrom() {
        ModelConfig byToken = config(new Patches(4), Pooling.CLASS_TOKEN, 1);
        ModelConfig byWeight = config(new Convolutions(2, 3, 8), Pooling.SEQUENCE, 0);
        int d = byToken.hiddenSize();
        try (VisionTransformer model = new VisionTransformer(byToken, Initialisation.of(byToken, 3));
                VisionTransformer weighing = new VisionTransformer(byWeight, Initialisation.of(byWeight, 3));
                PointerScope scope = new PointerScope()) {
            Watcher watcher = new Watcher();
            float[] embedding = host(model.embedding(pixels(), false, watcher));
            for (int i = 0; i < d; i++) {
                assertThat(watcher.tokens[18 * d + i]).isEqualTo(embedding[d + i]); // the second picture's first token
            }

            float[] pooled = host(weighing.embedding(pixels(), false, watcher));
            for (int i = 0; i < d; i++) {
                double sum = 0;
                for (int n = 0; n < byWeight.tokens(); n++) {
                    sum += watcher.pooling[n] * watcher.tokens[n * d + i];
                }
                assertThat(sum).isCloseTo(pooled[i], within(1e-5));
            }
        }
    }

    @Test
    void shouldShowHowAttentionPoolingWeighsTokens() {
        ModelConfig config = config(new Patches(4), Pooling.MAP, 0);
        Watcher watcher = new Watcher();
        try (VisionTransformer model = new VisionTransformer(config, Initialisation.of(config, 3));
                PointerScope scope = new PointerScope()) {
            model.embedding(pixels(), false, watcher);
        }

        assertThat(watcher.pooling).hasSize(BATCH * config.tokens());
        for (int picture = 0; picture < BATCH; picture++) {
            double sum = 0;
            for (int n = 0; n < config.tokens(); n++) {
                sum += watcher.pooling[picture * config.tokens() + n];
            }
            assertThat(sum).isCloseTo(1, within(1e-5));
        }
    }

    private static ModelConfig config(ModelConfig.Tokenizer tokenizer, Pooling pooling, int registers) {
        return new ModelConfig(
                "tiny",
                SIDE,
                tokenizer,
                16,
                2,
                HEADS,
                32,
                3,
                pooling,
                Gelu.ERF,
                1e-6,
                0.1,
                0.1,
                Normalisation.HALF,
                registers);
    }

    private static Tensor pixels() {
        byte[] bytes = new byte[BATCH * SIDE * SIDE * 3];
        new Random(1).nextBytes(bytes);
        return Pixels.of(bytes, BATCH, SIDE, SIDE);
    }

    private static float[] host(Tensor tensor) {
        Tensor floats = tensor.to(torch.ScalarType.Float).contiguous();
        float[] values = new float[(int) floats.numel()];
        floats.data_ptr_float().get(values);
        return values;
    }

    private static final class Watcher implements ForwardObserver {
        private final List<Integer> blocks = new ArrayList<>();
        private final List<float[]> attention = new ArrayList<>();
        private float[] tokens;
        private float[] pooling;

        @Override
        public void attention(int block, Tensor weights) {
            blocks.add(block);
            attention.add(host(weights));
        }

        @Override
        public void tokens(Tensor tensor) {
            tokens = host(tensor);
        }

        @Override
        public void pooling(Tensor weights) {
            pooling = host(weights);
        }
    }
}
