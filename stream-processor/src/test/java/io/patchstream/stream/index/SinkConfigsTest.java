package io.patchstream.stream.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.Embedding;
import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.engine.LookAheadEngine;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.lookup.Pictures;
import io.patchstream.stream.settings.OutputSettings;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connector files say what the processor writes. */
class SinkConfigsTest {
    private static final Path FOLDER = Path.of("../deploy/connect");
    private static final OutputSettings OUTPUT = Settings.of(Map.of()).output();
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(com.fasterxml.jackson.core.JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static JsonNode config(String store) throws IOException {
        JsonNode file = STRICT.readTree(Files.readString(FOLDER.resolve(store + ".json")));
        assertThat(file.get("name").asText()).isEqualTo("patchstream-" + store);
        return file.get("config");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qdrant", "milvus", "weaviate", "opensearch", "elasticsearch", "pgvector"})
    void shouldReadCommittedRecordsOfATopicWithTheConverterOfItsForm(String store) throws IOException {
        JsonNode config = config(store);
        String topic = config.get("topics").asText();
        assertThat(topic).isIn(OUTPUT.embeddings(), OUTPUT.embeddingsJson());
        boolean json = topic.equals(OUTPUT.embeddingsJson());
        assertThat(config.get("value.converter").asText()).contains(json ? "JsonConverter" : "AvroConverter");
        if (json) {
            assertThat(config.get("value.converter.schemas.enable").asText()).isEqualTo("false");
        }
        assertThat(config.get("consumer.override.isolation.level").asText()).isEqualTo("read_committed");
        assertThat(Files.readString(FOLDER.resolve("create.sh"))).contains("    " + store + ")");
    }

    /** Its connector upserts each poll's records in one request, which must not have an id twice. */
    @Test
    void shouldGiveMilvusEachRecordByItself() throws IOException {
        assertThat(config("milvus").get("consumer.override.max.poll.records").asText())
                .isEqualTo("1");
    }

    @Test
    void shouldNameColumnsAsTheFlattenedRecordDoes() throws IOException {
        Set<String> flat = new HashSet<>();
        flatten("", Embedding.getClassSchema(), flat);
        List<String> columns =
                List.of(config("pgvector").get("fields.whitelist").asText().split(","));
        assertThat(flat).containsAll(columns);
        String table = Files.readString(FOLDER.resolve("create.sh"));
        assertThat(columns).allSatisfy(column -> assertThat(table).containsPattern("\\b" + column + " [a-z]+"));
    }

    private static void flatten(String prefix, Schema schema, Set<String> names) {
        for (Schema.Field field : schema.getFields()) {
            if (field.schema().getType() == Schema.Type.RECORD) {
                flatten(prefix + field.name() + "_", field.schema(), names);
            } else {
                names.add(prefix + field.name());
            }
        }
    }

    @Test
    void shouldCreateCollectionsForVectorsOfTheDemoModel() throws Exception {
        Matcher dim =
                Pattern.compile("DIM=\\$\\{DIM:-([0-9]+)}").matcher(Files.readString(FOLDER.resolve("create.sh")));
        assertThat(dim.find()).isTrue();
        // The float form: the int8 form has the same vectors' length, and is refused by its golden frames on some
        // processors.
        try (LookAheadEngine engine =
                LookAheadEngine.open(Path.of("../models/demo/demo-fp32.onnx"), EngineSettings.defaults())) {
            int served = engine.await(engine.submit(
                            new FrameSource(Thread.currentThread().getName(), "files", 0),
                            () -> new EncodedFrame(
                                    new FrameHead("f", "", 0, 0, 1, Map.of()),
                                    EncodedFrame.Encoding.UNKNOWN,
                                    ByteBuffer.wrap(Pictures.jpeg(1)))))
                    .fold(
                            classified -> classified.pictures().get(0).dim(),
                            rejected -> {
                                throw new AssertionError(rejected.message());
                            },
                            dropped -> {
                                throw new AssertionError("dropped");
                            });
            assertThat(Integer.parseInt(dim.group(1))).isEqualTo(served);
        }
    }
}
