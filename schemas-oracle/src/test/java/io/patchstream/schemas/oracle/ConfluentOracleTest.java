package io.patchstream.schemas.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.patchstream.local.registry.SchemaRegistryServer;
import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Origin;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.schemas.serde.AvroSerde;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.schemas.serde.SchemaRegistryException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfluentOracleTest {
    private static final long MICROS = 1_795_406_400_123_456L;
    private static final String CONFLUENT_PACKAGE = "io.confluent.kafka.serializers.subject.";

    private SchemaRegistryServer server;
    private ConfluentClient confluent;

    @BeforeEach
    void start() throws Exception {
        server = SchemaRegistryServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.empty(), Optional.empty());
        confluent = new ConfluentClient(server.url());
    }

    @AfterEach
    void stop() throws Exception {
        confluent.close();
        server.close();
    }

    @Test
    void shouldWriteWhatConfluentsClientReads() throws Exception {
        AvroSerde<Classification> ours = AvroSerde.forValues(Classification.class, config(Map.of()));

        GenericRecord read = confluent.read(ours.serializer().serialize("labels", classification()));

        assertThat(read.getSchema().getFullName()).isEqualTo("io.patchstream.schemas.Classification");
        assertThat(read.get("camera_id")).hasToString("door");
        assertThat(read.get("captured_at")).isEqualTo(MICROS);
        assertThat(read.get("top_k"))
                .hasToString("[{\"label\": \"cat\", \"index\": 3, \"probability\": 0.75},"
                        + " {\"label\": \"dog\", \"index\": 5, \"probability\": 0.25}]");
        assertThat(((GenericRecord) read.get("lineage")).get("origin")).hasToString("INFERRED");
        assertThat(((GenericRecord) read.get("lineage")).get("source_offset")).isEqualTo(41L);
    }

    @Test
    void shouldReadWhatConfluentsClientWrote() throws Exception {
        int id = confluent.register(
                "labels-value", Classification.getClassSchema().toString(), false);
        GenericRecord theirs = rewritten(id, classification());

        byte[] bytes = confluent.write(id, theirs);

        AvroSerde<Classification> ours = AvroSerde.forValues(Classification.class, config(Map.of()));
        assertThat(ours.deserializer().deserialize("labels", bytes)).isEqualTo(classification());
    }

    @Test
    void shouldReadAWriterWhoNeverHeardOfJavaStrings() throws Exception {
        String plain = Classification.getClassSchema()
                .toString()
                .replace("{\"type\":\"string\",\"avro.java.string\":\"String\"}", "\"string\"")
                .replace(",\"avro.java.string\":\"String\"", "");
        int id = confluent.register("labels-value", plain, false);

        byte[] bytes = confluent.write(id, rewritten(id, classification()));

        AvroSerde<Classification> ours = AvroSerde.forValues(Classification.class, config(Map.of()));
        assertThat(plain).doesNotContain("avro.java.string");
        assertThat(ours.deserializer().deserialize("labels", bytes)).isEqualTo(classification());
    }

    @Test
    void shouldWriteTheBytesThatConfluentsAvroWrites() throws Exception {
        AvroSerde<Frame> ours = AvroSerde.forValues(Frame.class, config(Map.of()));
        Random random = new Random(20261123);

        for (int i = 0; i < 300; i++) {
            Frame frame = frame(random);
            byte[] bytes = ours.serializer().serialize("frames", frame);
            int id = ByteBuffer.wrap(bytes).getInt(1);

            byte[] theirs = confluent.write(id, confluent.read(bytes));

            assertThat(bytes).isEqualTo(theirs);
            assertThat(ours.deserializer().deserialize("frames", theirs)).isEqualTo(frame);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMeanTheSameByNormalAsConfluentsClientDoes(boolean normalize) throws Exception {
        // Two texts for one schema: in normal form, and only there, they are one.
        String schema = "{\"type\":\"record\",\"name\":\"Thing\",\"namespace\":\"test\",\"fields\":[],%s}";
        String theirText = String.format(schema, "\"unit\":\"m\",\"author\":\"ann\"");
        String ourText = String.format(schema, "\"author\":\"ann\",\"unit\":\"m\"");
        AvroSerializer<IndexedRecord> ours = new AvroSerializer<>();
        ours.configure(config(Map.of("normalize.schemas", normalize)), false);
        int theirs = confluent.register("things-value", theirText, normalize);

        byte[] bytes = ours.serialize("things", new GenericData.Record(new Schema.Parser().parse(ourText)));

        // A client of its own: theirs takes the two texts for equal and would answer from its cache.
        try (ConfluentClient another = new ConfluentClient(server.url())) {
            assertThat(ByteBuffer.wrap(bytes).getInt(1))
                    .isEqualTo(another.register("things-value", ourText, normalize))
                    .matches(id -> (id == theirs) == normalize, "the first text's id if normalised");
        }
    }

    @Test
    void shouldRegisterASchemaThatConfluentsClientFindsAgain() throws Exception {
        AvroSerde<Frame> ours = AvroSerde.forValues(Frame.class, config(Map.of()));

        byte[] bytes = ours.serializer().serialize("frames", frame(new Random(1)));

        assertThat(confluent.idOf("frames-value", Frame.getClassSchema().toString()))
                .isEqualTo(ByteBuffer.wrap(bytes).getInt(1));
    }

    @ParameterizedTest
    @CsvSource({
        "TopicNameStrategy, frames-value",
        "RecordNameStrategy, io.patchstream.schemas.Frame",
        "TopicRecordNameStrategy, frames-io.patchstream.schemas.Frame"
    })
    void shouldUseTheSubjectOfTheStrategy(String strategy, String subject) throws Exception {
        AvroSerde<Frame> ours = AvroSerde.forValues(
                Frame.class, config(Map.of("value.subject.name.strategy", CONFLUENT_PACKAGE + strategy)));

        ours.serializer().serialize("frames", frame(new Random(1)));

        assertThat(confluent.subjects()).containsExactly(subject);
    }

    @Test
    void shouldWriteWithTheVersionThatConfluentsClientCallsTheLatest() throws Exception {
        String older = Frame.getClassSchema().toString();
        String newer = older.replace(
                "\"fields\":[", "\"fields\":[{\"name\":\"site\",\"type\":\"string\",\"default\":\"here\"},");
        confluent.register("frames-value", older, false);
        confluent.register("frames-value", newer, false);
        AvroSerde<Frame> ours = AvroSerde.forValues(
                Frame.class, config(Map.of("auto.register.schemas", "false", "use.latest.version", "true")));
        Frame frame = frame(new Random(1));

        byte[] bytes = ours.serializer().serialize("frames", frame);

        assertThat(ByteBuffer.wrap(bytes).getInt(1)).isEqualTo(confluent.latestId("frames-value"));
        assertThat(confluent.read(bytes).get("site")).hasToString("here");
        assertThat(ours.deserializer().deserialize("frames", bytes)).isEqualTo(frame);
    }

    @Test
    void shouldRegisterNothingWhenToldNotTo() throws Exception {
        AvroSerde<Frame> ours = AvroSerde.forValues(Frame.class, config(Map.of("auto.register.schemas", "false")));

        assertThatThrownBy(() -> ours.serializer().serialize("frames", frame(new Random(1))))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("frames-value");
        assertThat(confluent.subjects()).isEmpty();
    }

    @Test
    void shouldBeRefusedWhereConfluentsClientIsRefused() throws Exception {
        String schema = "{\"type\":\"record\",\"name\":\"Frame\",\"namespace\":\"io.patchstream.schemas\",\"fields\":["
                + "{\"name\":\"frame_id\",\"type\":\"long\"}]}";
        confluent.register("frames-value", schema, false);
        AvroSerde<Frame> ours = AvroSerde.forValues(Frame.class, config(Map.of()));

        SchemaRegistryException refused = catchThrowableOfType(
                SchemaRegistryException.class, () -> ours.serializer().serialize("frames", frame(new Random(1))));
        RestClientException theirs = catchThrowableOfType(
                RestClientException.class,
                () -> confluent.register("frames-value", Frame.getClassSchema().toString(), false));

        assertThat(refused.errorCode()).isEqualTo(theirs.getErrorCode()).isEqualTo(409);
        assertThat(refused).hasMessageContaining("frames-value").hasMessageContaining(server.url());
    }

    @Test
    void shouldMissTheIdThatConfluentsClientMisses() {
        AvroDeserializer<Frame> ours = new AvroDeserializer<>(Frame.class);
        ours.configure(config(Map.of()), false);

        SchemaRegistryException unknown = catchThrowableOfType(
                SchemaRegistryException.class, () -> ours.deserialize("frames", new byte[] {0, 0, 0, 0, 99, 0}));
        RestClientException theirs = catchThrowableOfType(RestClientException.class, () -> confluent.byId(99));

        assertThat(unknown.errorCode()).isEqualTo(theirs.getErrorCode()).isEqualTo(40403);
        assertThat(unknown).hasMessageContaining("frames").hasMessageContaining("schema id 99");
    }

    /** A record of ours as one of Confluent's Avro, by way of Confluent's own reader. */
    private GenericRecord rewritten(int id, Classification record) throws Exception {
        AvroSerializer<Classification> ours = new AvroSerializer<>();
        ours.configure(config(Map.of()), false);
        byte[] bytes = ours.serialize("elsewhere", record);
        ByteBuffer.wrap(bytes).putInt(1, id);
        return confluent.read(bytes);
    }

    private Map<String, Object> config(Map<String, ?> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("schema.registry.url", server.url());
        return config;
    }

    private static Frame frame(Random random) {
        byte[] picture = new byte[random.nextInt(5000)];
        random.nextBytes(picture);
        return new Frame(
                Long.toHexString(random.nextLong()),
                "caméra-" + random.nextInt(),
                random.nextLong(),
                Instant.EPOCH.plusNanos(1000 * (random.nextLong() >> 12)),
                Encoding.values()[random.nextInt(Encoding.values().length)],
                random.nextInt(),
                ByteBuffer.wrap(picture),
                random.nextBoolean() ? Map.of() : Map.of("truth", "Ankle boot"));
    }

    private static Classification classification() {
        return Classification.newBuilder()
                .setFrameId("f-1")
                .setCameraId("door")
                .setSequence(7)
                .setCapturedAt(Instant.EPOCH.plusNanos(MICROS * 1000))
                .setTopK(List.of(new LabelScore("cat", 3, 0.75f), new LabelScore("dog", 5, 0.25f)))
                .setLineage(AnswerLineage.newBuilder()
                        .setModel("demo")
                        .setModelSha256("aa".repeat(32))
                        .setPreprocessingSha256("bb".repeat(32))
                        .setEngine("test")
                        .setSourceTopic("frames")
                        .setSourcePartition(2)
                        .setSourceOffset(41)
                        .setOrigin(Origin.INFERRED)
                        .build())
                .build();
    }
}
