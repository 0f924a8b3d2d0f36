package io.patchstream.stream.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TopicsDescribeTest {
    private static String described(String... arguments) {
        StringWriter out = new StringWriter();
        int exitCode = new CommandLine(new TopicsDescribeCommand())
                .setOut(new PrintWriter(out))
                .execute(arguments);
        assertThat(exitCode).isZero();
        return out.toString();
    }

    /** Written again by {@code ./patchstream topics describe > docs/schemas.md}. */
    @Test
    void shouldBeThePageOfTheDocumentation() throws IOException {
        assertThat(Files.readString(Path.of("../docs/schemas.md")))
                .as("docs/schemas.md is stale; write it again: ./patchstream topics describe > docs/schemas.md")
                .isEqualTo(described());
    }

    /** Written again by {@code ./patchstream topics describe --asyncapi > docs/asyncapi.yaml}. */
    @Test
    void shouldBeTheAsyncApiOfTheDocumentation() throws IOException {
        assertThat(Files.readString(Path.of("../docs/asyncapi.yaml")))
                .as("docs/asyncapi.yaml is stale; write it again:"
                        + " ./patchstream topics describe --asyncapi > docs/asyncapi.yaml")
                .isEqualTo(described("--asyncapi"));
    }

    @Test
    void shouldNameTheTopicsOfTheSettings() {
        assertThat(described("--asyncapi", "--set", "input.topics=yard.frames,door.frames"))
                .contains("address: \"yard.frames\"", "address: \"door.frames\"")
                .doesNotContain("\"patchstream.frames\"");
    }
}
