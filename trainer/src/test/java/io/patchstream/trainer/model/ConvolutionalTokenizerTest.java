package io.patchstream.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.torch.LibTorch;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ConvolutionalTokenizerTest {
    private static final long[] UNIT = {1, 1};
    private static final long[] TWO = {2, 2};
    private static final long[] THREE = {3, 3};

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    /** The paper has ReLU before the pool; here it comes after it. */
    @Test
    void shouldGiveThePapersTokensAndGradientsToTheBit() {
        ModelConfig config = ModelVariants.named("CCT-2/3x2", 16, 3);
        ModelConfig.Convolutions convolutions = (ModelConfig.Convolutions) config.tokenizer();
        Map<String, HostTensor> parameters = Initialisation.of(config, 5);
        try (PointerScope scope = new PointerScope();
                Weights ours = new Weights(config, parameters);
                Weights paper = new Weights(config, parameters)) {
            torch.manual_seed(3);
            Tensor image = torch.randn(2, 16, 16, 3).permute(0, 3, 1, 2);

            Tensor tokens = new ConvolutionalTokenizer(ours, convolutions).tokens(image);
            tokens.square().sum().backward();

            Tensor map = image;
            for (int i = 0; i < convolutions.layers(); i++) {
                Tensor filter = paper.get("tokenizer.convs." + i + ".weight");
                map = torch.conv2d(map, filter, new TensorOptional(), UNIT, UNIT, UNIT, 1);
                map = torch.max_pool2d(torch.relu(map), THREE, TWO, UNIT, UNIT, false);
            }
            Tensor expected = map.flatten(2, -1).transpose(1, 2);
            expected.square().sum().backward();

            assertThat(torch.equal(tokens, expected)).isTrue();
            assertThat(torch.equal(ours.gradient(), paper.gradient())).isTrue();
            assertThat(ours.gradient().norm().item_double()).isPositive();
        }
    }
}
