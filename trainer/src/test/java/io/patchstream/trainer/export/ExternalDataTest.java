package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights beside the file, as an H/14 needs them; here of a small model, by a small limit. */
class ExternalDataTest {
    private static final TrainedModel TINY = RandomModel.of(TestModels.tiny(), 1);
    private static final ExportSettings SETTINGS = ExportSettings.of(Flavour.FUSED, Precision.FP32);

    @TempDir
    private Path folder;

    @Test
    void shouldAnswerWithTheSameBitsAsTheWholeFile() throws Exception {
        LabelledPixels pictures = RandomPictures.of(5, 32, 6);
        Path inside = folder.resolve("inside.onnx");
        Path beside = folder.resolve("beside.onnx");
        new Exporter(TINY, SETTINGS).export(inside);
        ExportReport report = new Exporter(TINY, SETTINGS, 0).export(beside);

        Path data = OnnxModel.dataFileOf(beside);
        assertThat(report.bytes()).isEqualTo(Files.size(beside) + Files.size(data));
        assertThat(Files.size(beside)).isLessThan(Files.size(inside) / 3);
        assertThat(GoldenFrames.beside(beside)).exists();
        try (RuntimeSession one = RuntimeSession.open(inside);
                RuntimeSession other = RuntimeSession.open(beside)) {
            assertThat(other.logits(pictures, 5)).isEqualTo(one.logits(pictures, 5));
        }
    }

    @Test
    void shouldPlaceEveryTensorWhereTheFileSays() throws Exception {
        Path beside = folder.resolve("beside.onnx");
        new Exporter(TINY, SETTINGS, 0).export(beside);
        byte[] data = Files.readAllBytes(OnnxModel.dataFileOf(beside));
        OnnxMl.GraphProto graph =
                OnnxMl.ModelProto.parseFrom(Files.readAllBytes(beside)).getGraph();
        int external = 0;
        for (OnnxMl.TensorProto tensor : graph.getInitializerList()) {
            if (tensor.getDataLocation() == OnnxMl.TensorProto.DataLocation.EXTERNAL) {
                external++;
                Map<String, String> where = tensor.getExternalDataList().stream()
                        .collect(Collectors.toMap(
                                OnnxMl.StringStringEntryProto::getKey, OnnxMl.StringStringEntryProto::getValue));
                int offset = Integer.parseInt(where.get("offset"));
                assertThat(where.get("location")).isEqualTo("beside.onnx.data");
                assertThat(offset % 4096).isZero();
                if (tensor.getName().equals("head.weight")) {
                    float first = ByteBuffer.wrap(data, offset, 4)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getFloat();
                    assertThat(first)
                            .isEqualTo(TINY.parameters().get("head.weight").values()[0]);
                }
            }
        }
        assertThat(external).isGreaterThan(8);
    }

    @Test
    void shouldTakeStaleWeightsAway() throws Exception {
        Path file = folder.resolve("model.onnx");
        new Exporter(TINY, SETTINGS, 0).export(file);
        new Exporter(TINY, SETTINGS).export(file);
        assertThat(OnnxModel.dataFileOf(file)).doesNotExist();
    }
}
