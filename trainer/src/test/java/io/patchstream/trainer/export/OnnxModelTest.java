package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
    private static final TrainedModel MODEL = RandomModel.of(TestModels.tiny(), 1);
    private static final ExportSettings SETTINGS = ExportSettings.of(Flavour.FUSED, Precision.FP32);

    @TempDir
    private Path folder;

    @Test
    void shouldPutLargeWeightsBesideTheFile() throws Exception {
        LabelledPixels pictures = RandomPictures.of(2, 32, 1);
        Path whole = folder.resolve("whole.onnx");
        Path split = folder.resolve("split.onnx");
        ExportReport wholeReport = new Exporter(MODEL, SETTINGS).export(whole, pictures);
        ExportReport splitReport = new Exporter(MODEL, SETTINGS, 10_000).export(split, pictures);

        assertThat(folder.resolve("whole.onnx.data")).doesNotExist();
        assertThat(folder.resolve("split.onnx.data")).exists();
        assertThat(Files.size(split)).isLessThan(Files.size(whole) / 4);
        assertThat(splitReport.bytes()).isGreaterThan(wholeReport.bytes());
        try (RuntimeSession a = RuntimeSession.open(whole);
                RuntimeSession b = RuntimeSession.open(split)) {
            assertThat(b.logits(pictures, 2)).isEqualTo(a.logits(pictures, 2));
        }
        OnnxMl.TensorProto kernel = parse(split).getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getName().equals("blocks.0.mlp.fc1.weight"))
                .findFirst()
                .orElseThrow();
        assertThat(kernel.getDataLocation()).isEqualTo(OnnxMl.TensorProto.DataLocation.EXTERNAL);
        assertThat(kernel.getExternalData(0).getValue()).isEqualTo("split.onnx.data");
    }

    @Test
    void shouldLeaveNoOldWeightsBesideAFileThatHoldsItsOwn() throws Exception {
        Path file = folder.resolve("model.onnx");
        new Exporter(MODEL, SETTINGS, 10_000).export(file);
        new Exporter(MODEL, SETTINGS).export(file);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("model.onnx", "model.golden.npz");
        }
    }

    @Test
    void shouldBeReadBackByOthersAsItWasWritten() throws Exception {
        Path file = folder.resolve("model.onnx");
        new Exporter(MODEL, SETTINGS).export(file);
        OnnxMl.ModelProto parsed = parse(file);
        assertThat(parsed.getIrVersion()).isEqualTo(10);
        assertThat(parsed.getProducerName()).isEqualTo("patchstream");
        assertThat(parsed.getOpsetImportList())
                .extracting(OnnxMl.OperatorSetIdProto::getDomain)
                .containsExactlyInAnyOrder("", "com.microsoft");
        // Written again by the official library, byte for byte the same: nothing was misread or lost.
        assertThat(parsed.getUnknownFields().asMap()).isEmpty();
        assertThat(parsed.getSerializedSize()).isEqualTo((int) Files.size(file));
    }

    @Test
    void shouldWriteTheSameBytesEveryTime() {
        ExportSettings settings = SETTINGS;
        byte[] first = bytes(settings);
        assertThat(bytes(settings)).isEqualTo(first);
    }

    private byte[] bytes(ExportSettings settings) {
        try {
            Path file = folder.resolve("again.onnx");
            new Exporter(RandomModel.of(TestModels.tiny(), 1), settings).export(file);
            return Files.readAllBytes(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static OnnxMl.ModelProto parse(Path file) throws Exception {
        return OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file));
    }
}
