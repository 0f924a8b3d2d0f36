package io.patchstream.vision;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HostileBytesTest {

    @Test
    void shouldDecodeOrRefuseWhateverTheBytesAreAndLive() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostileBytes.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();

            assertThat(process.exitValue()).as(said).isZero();
            assertThat(said)
                    .matches("[1-9]\\d+ pictures.*")
                    .contains("TRUNCATED=", "CORRUPT=", "UNSUPPORTED=", "TOO_LARGE=", "NO_KEYFRAME=");
        } finally {
            process.destroyForcibly();
        }
    }
}
