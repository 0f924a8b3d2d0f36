package io.patchstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.patchstream.trainer.export.ExportSettings;
import io.patchstream.trainer.export.Exporter;
import io.patchstream.trainer.model.ModelConfig.ResNet;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BiT and hybrids against timm's code; names, shapes and answers are made by {@code src/test/oracle/make_resnets.py}. */
class ResNetImportTest {
    private static final Path RESNETS = Path.of("src/test/resources/resnets");
    private static final int SIDE = 64;
    private static final int BATCH = 2;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"bit-timm", "bit-npz", "hybrid-timm", "hybrid-extended-timm", "hybrid-root-timm", "hybrid-npz"})
    void shouldAnswerAsTimmsCode(String name) throws Exception {
        Map<String, HostTensor> golden = NumpyArchive.read(RESNETS.resolve(name).resolve("golden.npz"));
        byte[] pixels = GeneratedTensors.pixels(BATCH * SIDE * SIDE * 3);

        TrainedModel trained = imported(name, Optional.empty()).model();

        LibTorch.setUp(1);
        // BiT's sums are of no norm until the last, and logits go up to 3.3: timm's own float32 differs from its
        // float64
        // by up to 1.6e-5, by which bit the pixels end in (make_resnets.py --rounding).
        double tolerance = name.startsWith("bit") ? 2e-5 : 1e-5;
        try (VisionTransformer model = new VisionTransformer(trained.config(), trained.parameters());
                PointerScope scope = new PointerScope()) {
            Tensor input = Pixels.of(pixels, BATCH, SIDE, SIDE);
            assertClose(name + " libtorch logits", host(model.logits(input, false)), golden.get("logits"), tolerance);
            assertClose(
                    name + " libtorch embedding",
                    host(model.embedding(input, false)),
                    golden.get("embedding"),
                    tolerance);
        }
        for (Flavour flavour : Flavour.values()) {
            Path file = folder.resolve(flavour + ".onnx");
            new Exporter(trained, ExportSettings.of(flavour, Precision.FP32)).export(file);
            try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
                for (String output : List.of("logits", "embedding")) {
                    float[] together = answer(session, pixels, BATCH, output);
                    assertClose(name + " " + flavour + " " + output, together, golden.get(output), 1e-4);
                    assertThat(together).startsWith(answer(session, pixels, 1, output));
                }
            }
        }
    }

    @Test
    void shouldReadBackWhatItWrote() throws IOException {
        TrainedModel trained = imported("hybrid-npz", Optional.empty()).model();

        trained.write(folder);

        assertThat(TrainedModel.read(folder).config()).isEqualTo(trained.config());
        assertThat(((ResNet) trained.config().tokenizer()).units()).containsExactly(1, 2, 1);
    }

    @Test
    void shouldRefuseStatisticsThatPaddingDoesNotAllow() {
        assertThatThrownBy(() -> imported("bit-timm", Optional.of(PixelStatistics.IMAGENET)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("--pixels half");
        assertThatThrownBy(() -> imported("hybrid-timm", Optional.of(PixelStatistics.IMAGENET)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("--pixels half");
    }

    private static CheckpointImport.Imported imported(String name, Optional<PixelStatistics> statistics)
            throws IOException {
        boolean bit = name.startsWith("bit");
        return CheckpointImport.of(
                GeneratedTensors.checkpoint(RESNETS.resolve(name).resolve("tensors.json")),
                new ImportSettings(
                        Optional.empty(),
                        bit ? Optional.empty() : Optional.of(2),
                        bit ? Optional.of(SIDE) : Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        statistics,
                        Optional.empty(),
                        List.of(),
                        false));
    }

    private static float[] answer(OrtSession session, byte[] pixels, int batch, String output) throws Exception {
        int length = batch * SIDE * SIDE * 3;
        ByteBuffer input =
                ByteBuffer.allocateDirect(length).put(pixels, 0, length).flip();
        long[] shape = {batch, SIDE, SIDE, 3};
        try (OnnxTensor tensor =
                        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), input, shape, OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of("pixels", tensor))) {
            FloatBuffer buffer = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }
    }

    /** Also notes the largest difference, for the table in docs/architectures.md. */
    private static void assertClose(String what, float[] actual, HostTensor expected, double tolerance)
            throws IOException {
        double largest = 0;
        for (int i = 0; i < actual.length; i++) {
            largest = Math.max(largest, Math.abs((double) actual[i] - expected.values()[i]));
        }
        Files.writeString(
                Path.of("target/architecture-differences.txt"),
                String.format("%s: %.1e%n", what, largest),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        assertThat(actual).as(what).hasSameSizeAs(expected.values());
        assertThat(largest).as(what).isLessThanOrEqualTo(tolerance);
    }

    private static float[] host(Tensor tensor) {
        Tensor floats = tensor.contiguous();
        float[] values = new float[(int) floats.numel()];
        floats.data_ptr_float().get(values);
        return values;
    }
}
