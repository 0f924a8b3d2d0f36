package io.patchstream.stream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.GoldenFrames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoModelTest {
    @TempDir
    private Path home;

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectories(home.resolve("models").resolve("demo"));
        put("fp32", "fp32");
    }

    /** {@code demo-PRECISION.onnx}, with the golden frames of another. */
    private Path put(String precision, String golden) throws IOException {
        Path model = Files.copy(TinyFolder.original(precision), folder.resolve("demo-" + precision + ".onnx"));
        Files.copy(GoldenFrames.beside(TinyFolder.original(golden)), GoldenFrames.beside(model));
        return model;
    }

    @Test
    void shouldTakeTheInt8FormWhereItIsProven() throws IOException {
        Path int8 = put("int8", "int8");
        assertThat(DemoModel.locate(home)).isEqualTo(int8);
    }

    @Test
    void shouldTakeTheFloatFormWhereInt8ComputesOtherNumbers() throws IOException {
        put("int8", "fp32");
        assertThat(DemoModel.locate(home)).isEqualTo(folder.resolve("demo-fp32.onnx"));
    }

    @Test
    void shouldSayWhatToDoWhereThereIsNone() {
        assertThatThrownBy(() -> DemoModel.locate(home))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("demo-int8.onnx")
                .hasMessageContaining("./patchstream");
    }
}
