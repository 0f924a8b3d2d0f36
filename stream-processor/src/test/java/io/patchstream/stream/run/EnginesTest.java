package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
    void shouldRefuseAnother() {
        Path other = MODEL.resolveSibling("tiny-int8.onnx");
        assertThatThrownBy(() -> Engines.open(settings(other, SHA256)).close())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("model.sha256 is " + SHA256)
                .hasMessageContaining("the file is not the one that was meant");
    }
}
