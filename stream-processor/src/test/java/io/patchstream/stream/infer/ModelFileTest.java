package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.model.ContractException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {
    @TempDir
    private Path folder;

    @Test
    void shouldHashTheFile() throws Exception {
        Path file = TinyModel.path("fp32");
        String expected =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        assertThat(ModelFile.examine(file).sha256()).isEqualTo(expected);
    }

    @Test
    void shouldHashTheWeightsBesideTheFileToo() throws Exception {
        Path file = Files.write(folder.resolve("m.onnx"), OnnxGraphTest.modelWithWeightsIn("w.bin"));
        Files.writeString(folder.resolve("w.bin"), "one");
        String one = ModelFile.examine(file).sha256();
        Files.writeString(folder.resolve("w.bin"), "two");
        assertThat(ModelFile.examine(file).sha256()).isNotEqualTo(one);
    }

    @Test
    void shouldNameAFileOfWeightsThatIsMissing() throws Exception {
        Path file = Files.write(folder.resolve("m.onnx"), OnnxGraphTest.modelWithWeightsIn("w.bin"));
        assertThatThrownBy(() -> ModelFile.examine(file))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("w.bin");
    }

    @Test
    void shouldNameAModelThatIsMissing() {
        assertThatThrownBy(() -> ModelFile.examine(folder.resolve("none.onnx")))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("none.onnx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DynamicQuantizeLinear", "DynamicQuantizeMatMul"})
    void shouldRefuseDynamicInt8AndSayWhy(String operator) throws Exception {
        Path file = Files.write(folder.resolve("m.onnx"), OnnxGraphTest.modelOf(operator));
        assertThatThrownBy(() -> ModelFile.examine(file))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining(operator)
                .hasMessageContaining("neighbours")
                .hasMessageContaining("export");
    }
}
