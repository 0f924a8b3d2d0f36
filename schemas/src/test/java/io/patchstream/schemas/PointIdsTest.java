package io.patchstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class PointIdsTest {
    @Test
    void shouldGiveTheUuidOfRfc9562AppendixA4() {
        UUID dns = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

        UUID id = PointIds.version5(dns, "www.example.com");

        assertThat(id).hasToString("2ed6657d-e927-568b-95e1-2665a8aea6a2");
        assertThat(id.version()).isEqualTo(5);
        assertThat(id.variant()).isEqualTo(2);
    }

    @Test
    void shouldGiveWhatPythonGivesByTheRecipeInTheJavadoc() {
        assertThat(PointIds.of("kamera-ü", "f-1", 3, "ab".repeat(32)))
                .hasToString("b1a9b6d3-9c3a-5000-8004-390fc283d450");
    }

    @Test
    void shouldTellApartWhatRunsTogetherAsText() {
        assertThat(PointIds.of("a", "bc", 0, "m")).isNotEqualTo(PointIds.of("ab", "c", 0, "m"));
        assertThat(PointIds.of("a", "b", 11, "m")).isNotEqualTo(PointIds.of("a", "b", 1, "1m"));
    }
}
