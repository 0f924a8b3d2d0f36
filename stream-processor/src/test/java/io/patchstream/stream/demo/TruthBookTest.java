package io.patchstream.stream.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TruthBookTest {
    private final TruthBook truth = new TruthBook();

    @Test
    void shouldReadTheTruthBesideAClip(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("x.truth.jsonl"),
                "{\"frame\":0,\"label\":\"bag\",\"item\":7}\n{\"frame\":1,\"label\":null,\"item\":null}\n");

        assertThat(TruthBook.read(file)).containsExactly(Optional.of("bag"), Optional.empty());
    }

    @Test
    void shouldBeginAgainWithTheClip() {
        truth.put("cam-1", List.of(Optional.of("bag"), Optional.empty()));

        assertThat(truth.of("cam-1", 4)).contains("bag");
        assertThat(truth.of("cam-1", 5)).isEmpty();
        assertThat(truth.of("cam-2", 0)).isEmpty();
    }

    @Test
    void shouldScoreOnlyWhereTheTruthIsKnown() {
        truth.put("cam-1", List.of(Optional.of("T-shirt"), Optional.empty()));

        assertThat(truth.compare("cam-1", 0, "t-shirt")).contains(true);
        assertThat(truth.compare("cam-1", 1, "t-shirt")).isEmpty();
        assertThat(truth.compare("cam-1", 2, "bag")).contains(false);

        assertThat(truth.score()).isEqualTo(new TruthBook.Score(1, 2));
        assertThat(truth.score().accuracy()).isEqualTo(0.5);
    }
}
