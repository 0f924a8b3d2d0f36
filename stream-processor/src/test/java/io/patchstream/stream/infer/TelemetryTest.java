package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TelemetryTest {
    /** The collector opens this file first of all; the build gives its tests the launcher's environment. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldNotHaveStartedTheCollectorWhenAModelIsOpen() throws Exception {
        try (OnnxModel model = OnnxModel.open(TinyModel.path("fp32"), TinyModel.settings())) {
            assertThat(model.generation()).isZero();
            assertThat(Path.of("/tmp/mat-debug-" + ProcessHandle.current().pid() + ".log"))
                    .doesNotExist();
        }
    }

    @Test
    void shouldSayThatItIsOnUnlessTheEnvironmentForbidsIt() {
        assertThat(Telemetry.isOff(null, "Linux")).isFalse();
        assertThat(Telemetry.isOff("0", "Linux")).isFalse();
        assertThat(Telemetry.isOff(null, "Mac OS X")).isFalse();
        assertThat(Telemetry.isOff("1", "Linux")).isTrue();
        assertThat(Telemetry.isOff(null, "Windows 11")).isTrue();
    }
}
