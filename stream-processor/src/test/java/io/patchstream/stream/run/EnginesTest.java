package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.stream.engine.TinyFolder;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.stream.infer.Signers;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.vision.model.ContractException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnginesTest {
    private static final Path MODEL = Path.of("src/test/resources/models/tiny-fp32.onnx");

    /** Of {@code sha256sum} of coreutils. */
    private static final String SHA256 = "7ce17afc04bcafe51f4ee7857e2ceea1f9051e5cc8fe7e8af6afb1b3df63c796";

    private static Settings settings(Path model, String sha256) {
        return Settings.of(Map.of("model", model.toString(), "model.sha256", sha256));
    }

    @Test
    void shouldServeAModelThatHasTheHashThatItMustHave() throws IOException {
        try (FrameEngine engine = Engines.open(settings(MODEL, SHA256.toUpperCase(java.util.Locale.ROOT)))) {
            assertThat(engine.model().sha256()).isEqualTo(SHA256);
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // Of what is refused there is nothing to close.
    void shouldRefuseAModelThatIsNotSignedAndServeItWhenItIs(@TempDir Path folder) throws Exception {
        Signers signers = Signers.in(folder, "ours", "Ed25519");
        Path model = new TinyFolder(Files.createDirectories(folder.resolve("models"))).put("v1", "fp32");
        for (Map<String, String> where : List.of(
                Map.of("model", model.toString()),
                Map.of("model.folder", model.getParent().toString()))) {
            Map<String, String> values = new HashMap<>(where);
            values.put("model.key", signers.publicKey().toString());
            Files.deleteIfExists(ModelKeys.signatureOf(model));
            assertThatThrownBy(() -> Engines.open(Settings.of(values)).close())
                    .isInstanceOf(ContractException.class)
                    .hasMessageContaining("v1.onnx is not signed");
            signers.sign(model);
            try (FrameEngine engine = Engines.open(Settings.of(values))) {
                assertThat(engine.model().sha256()).isEqualTo(SHA256);
            }
        }
        assertThatThrownBy(() -> Engines.open(Settings.of(Map.of("model.key", "no-such.pem")))
                        .close())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("model.key: key no-such.pem cannot be read");
        Settings unnamed = Settings.of(Map.of("model.key", signers.publicKey().toString()));
        assertThatThrownBy(() -> Engines.open(unnamed).close())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("the demo's model is not signed");
    }

    @Test
    void shouldRefuseAnother() {
        Path other = MODEL.resolveSibling("tiny-int8.onnx");
        assertThatThrownBy(() -> Engines.open(settings(other, SHA256)).close())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("model.sha256 is " + SHA256)
                .hasMessageContaining("the file is not the one that was meant");
    }
}
