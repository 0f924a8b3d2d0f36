package io.patchstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * BACKWARD_TRANSITIVE: today's consumers read what any release wrote. At a release, copy {@code src/main/avro} to
 * {@code released/<version>}; never change what lies there.
 */
class SchemaEvolutionTest {
    private static final Map<String, Schema> CURRENT = Stream.of(
                    Frame.getClassSchema(),
                    Classification.getClassSchema(),
                    Correction.getClassSchema(),
                    Embedding.getClassSchema(),
                    Drop.getClassSchema(),
                    Uncertain.getClassSchema(),
                    Alarm.getClassSchema(),
                    LedgerEntry.getClassSchema())
            .collect(Collectors.toMap(Schema::getName, Function.identity()));

    static List<Path> released() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/resources/released"))) {
            return files.filter(file -> file.toString().endsWith(".avsc"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("released")
    void shouldReadWhatAReleaseWrote(Path file) throws IOException {
        Schema released = new Schema.Parser().parse(file.toFile());
        Schema current = CURRENT.get(released.getName());

        assertThat(current).as("%s may be retired, but not removed", file).isNotNull();
        assertThat(SchemaCompatibility.checkReaderWriterCompatibility(current, released)
                        .getResult()
                        .getIncompatibilities())
                .as("%s", file)
                .isEmpty();
    }

    @Test
    void shouldHaveACopyOfEverySchemaThatWasReleased() throws IOException {
        assertThat(released())
                .extracting(file -> file.getFileName().toString())
                .contains("Frame.avsc", "Classification.avsc", "Embedding.avsc", "Drop.avsc", "LedgerEntry.avsc");
    }

    @Test
    void shouldSayWhatEachRecordAndFieldIs() {
        CURRENT.values().forEach(SchemaEvolutionTest::assertDocumented);
    }

    @Test
    void shouldGiveEveryEnumADefaultSoThatASymbolCanBeAdded() {
        assertThat(Encoding.getClassSchema().getEnumDefault()).isEqualTo("UNKNOWN");
        assertThat(Origin.getClassSchema().getEnumDefault()).isEqualTo("UNKNOWN");
    }

    private static void assertDocumented(Schema schema) {
        switch (schema.getType()) {
            case RECORD -> {
                assertThat(schema.getDoc()).as(schema.getFullName()).isNotBlank();
                for (Schema.Field field : schema.getFields()) {
                    assertThat(field.doc())
                            .as("%s.%s", schema.getFullName(), field.name())
                            .isNotBlank();
                    assertDocumented(field.schema());
                }
            }
            case ENUM -> assertThat(schema.getDoc()).as(schema.getFullName()).isNotBlank();
            case ARRAY -> assertDocumented(schema.getElementType());
            case MAP -> assertDocumented(schema.getValueType());
            case UNION -> schema.getTypes().forEach(SchemaEvolutionTest::assertDocumented);
            default -> assertThat(schema.getType()).isNotNull();
        }
    }
}
