package io.patchstream.vision.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManifestRowTest {
    @Test
    void shouldReadWhatItWrites() {
        ManifestRow row = new ManifestRow(
                "kafka:frames/2/17",
                3,
                "cat \"Tom\"",
                "train",
                "clip-1",
                "door",
                Optional.of(Instant.parse("2026-11-23T12:00:00.000001Z")),
                "ab".repeat(32));

        assertThat(ManifestRow.parse(row.toJson())).isEqualTo(row);
        assertThat(row.toJson())
                .isEqualTo("{\"uri\":\"kafka:frames/2/17\",\"picture\":3,\"camera\":\"door\",\"group\":\"clip-1\","
                        + "\"label\":\"cat \\\"Tom\\\"\",\"sha256\":\"" + "ab".repeat(32)
                        + "\",\"split\":\"train\",\"time\":\"2026-11-23T12:00:00.000001Z\"}");
        assertThat(ManifestRow.of("a.jpg", "cat").toJson()).isEqualTo("{\"uri\":\"a.jpg\",\"label\":\"cat\"}");
    }

    @Test
    void shouldTakeAPathForAUriAndANumberForALabelAndLeaveOtherNamesAlone() {
        ManifestRow row = ManifestRow.parse("{\"path\":\"a/b.png\",\"label\":7,\"width\":640,\"boxes\":[1]}");

        assertThat(row).isEqualTo(ManifestRow.of("a/b.png", "7"));
        assertThat(ManifestRow.of(Map.of("path", "a/b.png", "label", " 7 ", "time", "")))
                .isEqualTo(row);
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertThatThrownBy(() -> ManifestRow.parse("{\"label\":\"cat\"}")).hasMessage("it has no path and no uri");
        assertThatThrownBy(() -> ManifestRow.parse("[1]")).hasMessage("it is no JSON object");
        assertThatThrownBy(() -> ManifestRow.parse("{\"path\":\"a\"} x")).hasMessageStartingWith("it is no JSON: ");
        assertThatThrownBy(() -> ManifestRow.parse("{\"path\":\"a\",\"label\":[\"cat\"]}"))
                .hasMessage("label is [\"cat\"]; it must be text or a number");
        assertThatThrownBy(() -> ManifestRow.parse("{\"path\":\"a\",\"time\":\"noon\"}"))
                .hasMessageStartingWith("time is 'noon'");
        assertThatThrownBy(() -> ManifestRow.parse("{\"path\":\"a\",\"sha256\":\"AB\"}"))
                .hasMessageContaining("64 lower-case");
        assertThatThrownBy(() -> ManifestRow.parse("{\"path\":\"a\",\"uri\":\"b\"}"))
                .hasMessageContaining("one of them is enough");
        assertThatThrownBy(() -> ManifestRow.parse("{\"path\":\"a\",\"picture\":\"x\"}"))
                .hasMessageContaining("whole number");
    }
}
