package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.stream.infer.ExplainModel.Explanation;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.RolloutContract;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With {@code tiny-explain.onnx}: {@code ./patchstream export --attention-of tiny-fp32.onnx --also-of
 * tiny-int8.onnx,tiny-fp16.onnx}. That its shares are right is the trainer's test.
 */
class ExplainModelTest {
    @TempDir
    private Path folder;

    @Test
    void shouldSayWhatItExplainsWithoutBeingLoaded() throws Exception {
        RolloutContract promise =
                ExplainModel.promiseOf(TinyModel.path("explain")).orElseThrow();

        assertThat(promise.explains())
                .containsExactly(
                        ModelHash.of(TinyModel.path("fp32")),
                        ModelHash.of(TinyModel.path("int8")),
                        ModelHash.of(TinyModel.path("fp16")));
        assertThat(promise.blocks()).isEqualTo(2);
        assertThat(promise.heads()).isEqualTo(4);
        assertThat(promise.pooling()).isEqualTo("the class token");
        assertThat(ExplainModel.promiseOf(TinyModel.path("fp32"))).isEmpty();
    }

    @Test
    void shouldGiveSharesOfThePatchesAndTheModelsOwnProbabilities() throws Exception {
        GoldenFrames golden = GoldenFrames.read(GoldenFrames.beside(TinyModel.path("fp32")));
        try (ExplainModel model = ExplainModel.open(TinyModel.path("explain"), ModelKeys.NONE)) {
            for (int frame = 0; frame < golden.count(); frame++) {
                Explanation explanation = model.explain(ByteBuffer.wrap(golden.pixels(frame)));

                assertThat(explanation.shares()).hasSize(16).allMatch(share -> share > 0);
                double sum = explanation.shares().stream()
                        .mapToDouble(Float::doubleValue)
                        .sum();
                assertThat(sum).isBetween(0.01, 1.0);
                assertThat(explanation.probabilities())
                        .hasSize(model.contract().labels().size());
                float[] logits = golden.logits(frame);
                for (int k = 1; k < logits.length; k++) {
                    double ratio = (logits[k] - logits[0]) / model.contract().temperature();
                    assertThat(Math.log(explanation.probabilities().get(k)
                                    / explanation.probabilities().get(0)))
                            .isCloseTo(ratio, within(2.0 * golden.tolerance()));
                }
            }
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // None opens.
    void shouldRefuseWhatIsNoExplainFile() throws Exception {
        assertThatThrownBy(() -> ExplainModel.open(TinyModel.path("fp32"), ModelKeys.NONE))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("--attention-of");
        Path text = Files.writeString(folder.resolve("text-explain.onnx"), "no model");
        assertThatThrownBy(() -> ExplainModel.promiseOf(text)).isInstanceOf(ContractException.class);
        Path half = Files.copy(TinyModel.path("explain"), folder.resolve("half-explain.onnx"));
        TinyModel.change(half, "patchstream.rollout", "patchstream.rolling");
        assertThatThrownBy(() -> ExplainModel.promiseOf(half))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("is missing");
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // Closed where it opens after all.
    void shouldOpenNoneThatIsNotSignedWhereModelsMustBe() throws Exception {
        Path file = Files.copy(TinyModel.path("explain"), folder.resolve("tiny-explain.onnx"));
        Signers signers = Signers.in(folder, "ours", "Ed25519");
        ModelKeys keys = ModelKeys.read(List.of(signers.publicKey()));

        assertThatThrownBy(() -> ExplainModel.open(file, keys).close())
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("tiny-explain.onnx is not signed");

        signers.sign(file);
        ExplainModel.open(file, keys).close();
    }

    @Test
    void shouldBeAModelByItsContractToo() throws Exception {
        try (ExplainModel model = ExplainModel.open(TinyModel.path("explain"), ModelKeys.NONE)) {
            ModelContract contract = model.contract();
            assertThat(contract.precision()).isEqualTo(ModelContract.Precision.FP32);
            model.close();
        }
    }
}
