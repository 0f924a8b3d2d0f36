package io.patchstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdleBenchIT {
    private static final String HOME = "patchstream.home";

    private final StringWriter out = new StringWriter();
    private String home;

    @TempDir
    private Path folder;

    @BeforeEach
    void comeHome() {
        home = System.getProperty(HOME);
        System.setProperty(HOME, "..");
    }

    @AfterEach
    void goBack() {
        if (home == null) {
            System.clearProperty(HOME);
        } else {
            System.setProperty(HOME, home);
        }
    }

    @Test
    void shouldTellWhatRunTakesWithAndWithoutThePage() throws Exception {
        Path json = folder.resolve("idle.json");

        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute("idle", "--rounds", "1", "--settle", "0", "--seconds", "2", "--json", json.toString());

        assertThat(exitCode).as(out.toString()).isZero();
        JsonNode figures = new ObjectMapper().readTree(json.toFile());
        for (String kind : new String[] {"without_the_page", "with_the_page"}) {
            JsonNode row = figures.get(kind);
            assertThat(row.at("/ready_seconds/0").asDouble()).as(kind).isBetween(0.5, 180.0);
            assertThat(row.at("/resident_mb/0").asDouble()).as(kind).isBetween(80.0, 2000.0);
            assertThat(row.at("/cores/0").asDouble()).as(kind).isGreaterThanOrEqualTo(0);
            assertThat(row.at("/threads/0").asInt()).as(kind).isGreaterThan(15);
        }
    }
}
