package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.checkpoint.Checkpoint;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every architectural option at least once, against timm, transformers and what {@code src/test/oracle/make_architectures.py} transcribes of
 * big_vision: libtorch's forward within 1e-5, exported graphs within 1e-4.
 */
class ArchitectureGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/architectures");
    private static final List<String> OUTPUTS = List.of(ModelContract.LOGITS, ModelContract.EMBEDDING);
    private static final Path DIFFERENCES = Path.of("target/architecture-differences.txt");
    private static final int BATCH = 3;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("names")
    void shouldComputeWhatTheIndependentImplementationComputes(String name) throws IOException {
        LibTorch.setUp(1);
        TrainedModel trained = TrainedModel.read(GOLDEN.resolve(name));
        Map<String, HostTensor> golden = golden(name);

        try (VisionTransformer model = new VisionTransformer(trained.config(), trained.parameters());
                PointerScope scope = new PointerScope()) {
            Tensor pixels = Pixels.of(bytes(golden), BATCH, side(trained), side(trained));

            assertClose(name + " libtorch logits", host(model.logits(pixels, false)), golden.get("logits"), 1e-5);
            assertClose(
                    name + " libtorch embedding", host(model.embedding(pixels, false)), golden.get("embedding"), 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void shouldExportWhatTheIndependentImplementationComputes(String name) throws IOException {
        TrainedModel trained = TrainedModel.read(GOLDEN.resolve(name));
        Map<String, HostTensor> golden = golden(name);
        for (Flavour flavour : Flavour.values()) {
            try (RuntimeSession session = exported(trained, flavour)) {
                Map<String, float[]> answers = run(session, golden, trained, BATCH);

                for (String output : OUTPUTS) {
                    assertClose(name + " " + flavour + " " + output, answers.get(output), golden.get(output), 1e-4);
                }
                Map<String, float[]> alone = run(session, golden, trained, 1);
                OUTPUTS.forEach(output -> assertThat(answers.get(output))
                        .as(name + " " + flavour + ": the same bits in every batch")
                        .startsWith(alone.get(output)));
            }
        }
    }

    @Test
    void shouldHaveAModelForEveryOption() throws IOException {
        assertThat(names())
                .hasSizeGreaterThanOrEqualTo(23)
                .contains("map", "gated", "distilled", "relative", "relative-keys", "axes", "positions-every-block");
    }

    private RuntimeSession exported(TrainedModel trained, Flavour flavour) throws IOException {
        Path file = folder.resolve(flavour + ".onnx");
        new Exporter(trained, ExportSettings.of(flavour, Precision.FP32)).export(file);
        return RuntimeSession.open(file);
    }

    private static Map<String, float[]> run(
            RuntimeSession session, Map<String, HostTensor> golden, TrainedModel trained, int batch) {
        byte[] bytes = bytes(golden);
        int length = bytes.length / BATCH * batch;
        ByteBuffer input =
                ByteBuffer.allocateDirect(length).put(bytes, 0, length).flip();
        return session.run(input, batch, side(trained), side(trained), Set.copyOf(OUTPUTS));
    }

    private static int side(TrainedModel trained) {
        return trained.config().imageSize();
    }

    private static Map<String, HostTensor> golden(String name) throws IOException {
        return Checkpoint.read(GOLDEN.resolve(name).resolve("golden.npz")).tensors();
    }

    private static byte[] bytes(Map<String, HostTensor> golden) {
        float[] pixels = golden.get("pixels").values();
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (int) pixels[i];
        }
        return bytes;
    }

    /** Also notes the largest difference, for the table in docs/architectures.md. */
    private static void assertClose(String what, float[] actual, HostTensor expected, double tolerance)
            throws IOException {
        assertThat(actual).as(what).hasSameSizeAs(expected.values());
        double largest = 0;
        for (int i = 0; i < actual.length; i++) {
            largest = Math.max(largest, Math.abs((double) actual[i] - expected.values()[i]));
        }
        Files.writeString(
                DIFFERENCES,
                String.format("%s: %.1e%n", what, largest),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        assertThat(largest).as(what).isLessThanOrEqualTo(tolerance);
    }

    private static float[] host(Tensor tensor) {
        Tensor floats = tensor.contiguous();
        float[] values = new float[(int) floats.numel()];
        floats.data_ptr_float().get(values);
        return values;
    }

    private static List<String> names() throws IOException {
        try (Stream<Path> folders = Files.list(GOLDEN)) {
            return folders.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
