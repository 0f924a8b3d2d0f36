package io.patchstream.vision.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelContractTest {
    private static final ModelContract CONTRACT = new ModelContract(
            "demo",
            List.of("T-shirt/top", "Trouser, \"wide\""),
            Preprocessing.centreCrop(36, 32, Interpolation.BILINEAR),
            96,
            1.25,
            Precision.INT8_STATIC,
            Flavour.FUSED,
            new ModelLineage("ab".repeat(32), "", "fashion seed=7", 7, Map.of("test_accuracy", 0.931), "0.1.0"));

    @Test
    void shouldComeBackFromMetadataAsItWas() {
        assertThat(ModelContract.fromMetadata(CONTRACT.toMetadata())).isEqualTo(CONTRACT);
    }

    @Test
    void shouldNameWhatIsMissing() {
        Map<String, String> metadata = new HashMap<>(CONTRACT.toMetadata());
        metadata.remove("patchstream.labels");
        assertThatThrownBy(() -> ModelContract.fromMetadata(metadata))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("patchstream.labels");
    }

    @Test
    void shouldRefuseAModelWithoutContractAndSayWhatToDo() {
        assertThatThrownBy(() -> ModelContract.fromMetadata(Map.of()))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("./patchstream export");
    }

    @Test
    void shouldRefuseAContractOfAnotherVersion() {
        Map<String, String> metadata = new HashMap<>(CONTRACT.toMetadata());
        metadata.put("patchstream.contract", "2");
        assertThatThrownBy(() -> ModelContract.fromMetadata(metadata)).hasMessageContaining("version 2");
    }

    @Test
    void shouldHashPreprocessingByItsMeaning() {
        Preprocessing same = Preprocessing.centreCrop(36, 32, Interpolation.BILINEAR);
        Preprocessing other = Preprocessing.centreCrop(36, 32, Interpolation.BICUBIC);
        assertThat(same.sha256()).isEqualTo(CONTRACT.preprocessing().sha256()).hasSize(64);
        assertThat(other.sha256()).isNotEqualTo(same.sha256());
    }

    @Test
    void shouldKeepGoldenFramesInANumpyFile(@TempDir Path folder) throws Exception {
        byte[] pixels = new byte[2 * 2 * 3 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 7);
        }
        GoldenFrames golden = new GoldenFrames(2, 2, 3, pixels, new float[] {1, -2, 3.5f, 4}, 1e-3f);
        Path file = GoldenFrames.beside(folder.resolve("demo.onnx"));
        golden.write(file);
        GoldenFrames read = GoldenFrames.read(file);
        assertThat(file).hasFileName("demo.golden.npz");
        assertThat(read.pixels(1)).isEqualTo(golden.pixels(1));
        assertThat(read.logits(1)).containsExactly(3.5f, 4);
        assertThat(read.tolerance()).isEqualTo(1e-3f);
    }

    @Test
    void shouldRefuseAFileThatHoldsNoGoldenFrames(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("x.golden.npz"), "not a zip");
        assertThatThrownBy(() -> GoldenFrames.read(file)).isInstanceOf(ContractException.class);
    }
}
