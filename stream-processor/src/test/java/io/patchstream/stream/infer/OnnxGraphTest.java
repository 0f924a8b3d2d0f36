package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.model.ContractException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxGraphTest {
    @TempDir
    private Path folder;

    @Test
    void shouldNameTheOperatorsOfAModel() throws Exception {
        OnnxGraph graph = OnnxGraph.read(TinyModel.path("fp32"));
        assertThat(graph.operators()).contains("Conv", "MultiHeadAttention", "SkipLayerNormalization", "Softmax");
        assertThat(graph.externalFiles()).isEmpty();
    }

    @Test
    void shouldFindOperatorsInSubgraphsAndFunctions() throws Exception {
        byte[] subgraph = field(5, field(6, node("Hidden")));
        byte[] withSubgraph = field(1, concat(field(4, text("If")), subgraph));
        byte[] function = field(25, field(7, field(4, text("InFunction"))));
        Path file = Files.write(folder.resolve("m.onnx"), concat(field(7, withSubgraph), function));
        assertThat(OnnxGraph.read(file).operators()).containsExactly("Hidden", "If", "InFunction");
    }

    @Test
    void shouldRefuseGraphsNestedWithoutEnd() throws Exception {
        byte[] graph = node("Deepest");
        for (int i = 0; i < 40; i++) {
            graph = field(1, field(5, field(6, graph)));
        }
        Path file = Files.write(folder.resolve("m.onnx"), field(7, graph));
        assertThatThrownBy(() -> OnnxGraph.read(file))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("deep");
    }

    @Test
    void shouldNameTheFilesThatHoldWeights() throws Exception {
        Path file = Files.write(folder.resolve("m.onnx"), modelWithWeightsIn("weights.bin"));
        assertThat(OnnxGraph.read(file).externalFiles()).containsExactly("weights.bin");
    }

    @Test
    void shouldRefuseWhatIsNoModel() throws Exception {
        Path text = Files.writeString(folder.resolve("m.onnx"), "not a model at all");
        Path empty = Files.createFile(folder.resolve("empty.onnx"));
        assertThatThrownBy(() -> OnnxGraph.read(text)).isInstanceOf(ContractException.class);
        assertThatThrownBy(() -> OnnxGraph.read(empty)).isInstanceOf(ContractException.class);
    }

    @Test
    void shouldRefuseAModelThatIsCutOff() throws Exception {
        byte[] whole = Files.readAllBytes(TinyModel.path("fp32"));
        Path cut = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> OnnxGraph.read(cut))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("cut off");
    }

    @Test
    void shouldRefuseDamagedFilesAndNeverBreakOtherwise() throws Exception {
        byte[] whole = Files.readAllBytes(TinyModel.path("fp32"));
        Random random = new Random(7);
        Path file = folder.resolve("damaged.onnx");
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] damaged = whole.clone();
            for (int j = 0; j < 20; j++) {
                damaged[random.nextInt(2000)] = (byte) random.nextInt();
            }
            Files.write(file, damaged);
            try {
                OnnxGraph.read(file);
            } catch (ContractException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    static byte[] modelWithWeightsIn(String name) {
        byte[] entry = field(13, concat(field(1, text("location")), field(2, text(name))));
        return field(7, concat(node("Gemm"), field(5, entry)));
    }

    static byte[] modelOf(String operator) {
        return field(7, node(operator));
    }

    private static byte[] node(String operator) {
        return field(1, field(4, text(operator)));
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] concat(byte[] a, byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }

    /** A length-delimited field. */
    private static byte[] field(int number, byte[] value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        varint(out, (long) number << 3 | 2);
        varint(out, value.length);
        out.writeBytes(value);
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while (rest >= 0x80) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
