package io.patchstream.stream.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogFormatTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "run --log-format json, true",
        "run --log-format=json, true",
        "run --log-format JSON, true",
        "run --log-format text, false",
        "run --log-format, false",
        "run json, false"
    })
    void shouldFindTheOptionWhereverItStands(String line, boolean json) {
        assertThat(LogFormat.asksForJson(List.of(line.split(" ")))).isEqualTo(json);
    }

    @Test
    void shouldWriteOneObjectALine() throws Exception {
        Path log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        Main.class.getName(),
                        "settings",
                        "--log-format",
                        "json")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(log.toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("PATCHSTREAM_XYZZY_PORT", "1");
        assertThat(builder.start().waitFor()).isZero();

        List<String> lines = Files.readAllLines(log, UTF_8);
        assertThat(lines).as("lines of the log").hasSize(1);
        JsonNode line = new ObjectMapper().readTree(lines.get(0));
        assertThat(line.path("level").asText()).isEqualTo("WARN");
        assertThat(line.path("message").asText()).isEqualTo("environment variables that name no setting");
        assertThat(line.path("kvpList").get(0).path("variables").asText()).isEqualTo("PATCHSTREAM_XYZZY_PORT");
    }
}
