package io.patchstream.stream.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo as a user starts it, with its real broker, model and clips. */
final class DemoIT {
    private final StringWriter out = new StringWriter();

    @TempDir
    Path folder;

    @BeforeAll
    static void beAtHome() {
        System.setProperty("patchstream.home", "..");
    }

    @Test
    void shouldAnswerEveryFrameOfTheClipsOnce() throws IOException {
        Path summary = folder.resolve("summary.json");

        int exitCode = demo("--seconds", "6", "--no-ui", "--summary", summary.toString());

        JsonNode result = new ObjectMapper().readTree(Files.readString(summary));
        assertThat(exitCode).as(out.toString()).isZero();
        assertThat(result.get("unaccounted").asLong()).isZero();
        assertThat(result.get("duplicated").asLong()).isZero();
        assertThat(result.get("dead_lettered").asLong()).isEqualTo(4);
        assertThat(result.get("labelled").asLong()).isGreaterThan(20);
        assertThat(result.get("labelled").asLong() + 4)
                .isEqualTo(result.get("frames_in").asLong());
        // Not the model's accuracy, which few pictures do not tell: that truth and pictures belong together.
        assertThat(result.get("correct").asDouble())
                .isGreaterThan(0.5 * result.get("labelled_with_truth").asDouble());
        assertThat(result.get("raw_engine_fps").asDouble()).isPositive();
        assertThat(result.at("/engine/provider").asText()).isNotEmpty();
    }

    @Test
    void shouldTakeAUsersOwnFilesAndTellThatOneIsBroken() throws IOException {
        Files.write(folder.resolve("a.jpg"), TestPictures.jpeg());
        Files.write(folder.resolve("b.jpg"), new byte[] {1, 2, 3});

        int exitCode = demo("--seconds", "2", "--no-ui", "--input", folder.toString());

        assertThat(exitCode).isEqualTo(1);
        assertThat(out.toString()).contains("which nobody expected").contains("unaccounted for        0");
    }

    private int demo(String... arguments) {
        return new CommandLine(new DemoCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(arguments);
    }
}
