package io.patchstream.local.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityTest {

    private static final Schema ONE = schema("{\"name\":\"a\",\"type\":\"int\"}");
    private static final Schema FIELD_ADDED =
            schema("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\"}");
    private static final Schema FIELD_REMOVED = schema("");
    private static final Schema FIELD_WITH_DEFAULT_ADDED =
            schema("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\",\"default\":1}");

    private static Schema schema(String fields) {
        return new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}");
    }

    @ParameterizedTest
    @CsvSource({
        "NONE,                true,  true",
        "BACKWARD,            false, true",
        "BACKWARD_TRANSITIVE, false, true",
        "FORWARD,             true,  false",
        "FORWARD_TRANSITIVE,  true,  false",
        "FULL,                false, false",
        "FULL_TRANSITIVE,     false, false",
    })
    void shouldAllowWhatTheLevelAllows(Compatibility level, boolean adding, boolean removing) {
        assertThat(level.incompatibilities(FIELD_ADDED, ONE).isEmpty()).isEqualTo(adding);
        assertThat(level.incompatibilities(FIELD_REMOVED, ONE).isEmpty()).isEqualTo(removing);
        assertThat(level.incompatibilities(FIELD_WITH_DEFAULT_ADDED, ONE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, 0",
        "BACKWARD, 1",
        "FORWARD, 1",
        "FULL, 1",
        "BACKWARD_TRANSITIVE, 3",
        "FORWARD_TRANSITIVE, 3",
        "FULL_TRANSITIVE, 3",
    })
    void shouldLookAtTheLatestOrAtAll(Compatibility level, int looksAt) {
        assertThat(level.lookedAt(List.of(1, 2, 3))).isEqualTo(List.of(3, 2, 1).subList(0, looksAt));
        assertThat(level.lookedAt(List.of())).isEmpty();
    }

    @Test
    void shouldNameTheFieldTheKindAndTheSide() {
        assertThat(Compatibility.FULL.incompatibilities(FIELD_ADDED, ONE))
                .singleElement()
                .asString()
                .contains("READER_FIELD_MISSING_DEFAULT_VALUE", "/fields/1", "the new schema cannot read");
        assertThat(Compatibility.FULL.incompatibilities(FIELD_REMOVED, ONE))
                .singleElement()
                .asString()
                .contains("READER_FIELD_MISSING_DEFAULT_VALUE", "/fields/0", "the old schema cannot read");
    }
}
