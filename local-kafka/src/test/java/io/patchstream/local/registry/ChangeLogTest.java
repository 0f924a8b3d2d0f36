package io.patchstream.local.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeLogTest {

    private static final List<Change> CHANGES = List.of(
            new Change.Registered(new SubjectVersion(
                    "käse-value",
                    1,
                    1,
                    new SchemaText("{\"type\":\"string\",\"doc\":\"two\\nlines\"}", List.of()),
                    false)),
            new Change.Registered(new SubjectVersion(
                    "b", 2, 3, new SchemaText("\"a.B\"", List.of(new SchemaReference("a.B", "s", 4))), false)),
            new Change.SoftDeleted("b", List.of(1, 2)),
            new Change.Erased("b", List.of(1)),
            new Change.LevelSet(Optional.empty(), Optional.of(Compatibility.FULL)),
            new Change.LevelSet(Optional.of("b"), Optional.empty()),
            new Change.ModeSet(Optional.of("b"), Optional.of(Mode.READONLY)),
            new Change.ModeSet(Optional.empty(), Optional.empty()));

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("changes.log");
        try (ChangeLog log = ChangeLog.open(file, change -> {})) {
            CHANGES.forEach(log::append);
        }
    }

    private List<Change> replayed() throws IOException {
        List<Change> changes = new ArrayList<>();
        ChangeLog.open(file, changes::add).close();
        return changes;
    }

    @Test
    void shouldReplayEveryKindOfChangeInOrder() throws IOException {
        assertThat(replayed()).isEqualTo(CHANGES);
    }

    @Test
    void shouldCutOffATornLastLineWhereverItTears() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        String lines = new String(whole, StandardCharsets.ISO_8859_1);
        int lastLine = lines.lastIndexOf('\n', lines.length() - 2) + 1;
        for (int length = lastLine; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));

            assertThat(replayed()).as("cut after %d bytes", length).isEqualTo(CHANGES.subList(0, CHANGES.size() - 1));
            assertThat(Files.size(file)).isEqualTo(lastLine);
        }
    }

    @Test
    void shouldCutOffALastLineOfZeros() throws IOException {
        Files.write(file, new byte[4096], StandardOpenOption.APPEND);

        assertThat(replayed()).isEqualTo(CHANGES);
        assertThat(replayed()).isEqualTo(CHANGES);
    }

    @Test
    void shouldAppendAfterATornLine() throws IOException {
        Files.writeString(file, "0badc0de {\"change\":\"soft-del", StandardOpenOption.APPEND);
        Change more = new Change.SoftDeleted("c", List.of(9));
        try (ChangeLog log = ChangeLog.open(file, change -> {})) {
            log.append(more);
        }

        assertThat(replayed()).hasSize(CHANGES.size() + 1).endsWith(more);
    }

    @Test
    void shouldRefuseDamageBeforeSoundLines() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[20] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(this::replayed)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Line 1 of")
                .hasMessageContaining("is damaged and sound ones follow");
        assertThat(Files.readAllBytes(file)).as("left as it is").isEqualTo(bytes);
    }

    @Test
    void shouldRefuseAChangeOfALaterRelease() throws IOException {
        String json = "{\"change\":\"invented\"}";
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        Files.writeString(file, "%08x %s\n".formatted(crc.getValue(), json), StandardOpenOption.APPEND);

        assertThatThrownBy(this::replayed)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a change that this release does not know");
    }

    @Test
    void shouldReadWhatTheFirstReleaseWrote() throws IOException {
        Files.writeString(
                file,
                "fdb4f8c3 {\"change\":\"registered\",\"subject\":\"a\",\"version\":1,\"id\":1,\"schema\":\"\\\"int\\\"\"}\n");

        assertThat(replayed())
                .containsExactly(new Change.Registered(
                        new SubjectVersion("a", 1, 1, new SchemaText("\"int\"", List.of()), false)));
    }
}
