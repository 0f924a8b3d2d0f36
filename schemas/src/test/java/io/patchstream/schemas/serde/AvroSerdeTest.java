package io.patchstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.PayloadReference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

class AvroSerdeTest {
    private static final String TOPIC = "patchstream.frames";

    private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();

    @Test
    void shouldWriteTheBytesThatConfluentsSerializerWrites() {
        Serializer<GenericRecord> serializer = new AvroSerializer<>(registry);

        byte[] bytes = serializer.serialize("tags", Records.tag());

        // As Confluent's KafkaAvroSerializer wrote this record under id 1.
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("0000000001066361740000003f040000803f0000004000");
    }

    @Test
    void shouldReadWhatItWrote() {
        AvroSerde<Classification> serde = AvroSerde.forValues(Classification.class, registry);
        Classification answer = Records.classification();

        byte[] bytes = serde.serializer().serialize(TOPIC, answer);

        assertThat(serde.deserializer().deserialize(TOPIC, bytes)).isEqualTo(answer);
    }

    @Test
    void shouldHandOutAPictureAsAViewOfTheRecord() {
        AvroSerde<Frame> serde = AvroSerde.forValues(Frame.class, registry);
        byte[] bytes = serde.serializer().serialize(TOPIC, Records.frame(new byte[] {1, 2, 3}));

        ByteBuffer picture =
                (ByteBuffer) serde.deserializer().deserialize(TOPIC, bytes).getPayload();

        assertThat(picture).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(picture.array()).isSameAs(bytes);
    }

    @Test
    void shouldCopyAPictureOutOfAFetchBuffer() {
        AvroSerde<Frame> serde = AvroSerde.forValues(Frame.class, registry);
        byte[] bytes = serde.serializer().serialize(TOPIC, Records.frame(new byte[] {1, 2, 3}));
        byte[] fetched = new byte[bytes.length + 20];
        System.arraycopy(bytes, 0, fetched, 10, bytes.length);
        ByteBuffer value = ByteBuffer.wrap(fetched, 10, bytes.length).slice();

        Frame frame = serde.deserializer().deserialize(TOPIC, new RecordHeaders(), value);

        assertThat(frame).isEqualTo(Records.frame(new byte[] {1, 2, 3}));
        assertThat(((ByteBuffer) frame.getPayload()).array()).isNotSameAs(fetched);
        assertThat(value.position()).isZero();
    }

    @Test
    void shouldReadARecordOutOfADirectBuffer() {
        AvroSerde<Frame> serde = AvroSerde.forValues(Frame.class, registry);
        byte[] bytes = serde.serializer().serialize(TOPIC, Records.frame(new byte[100]));
        ByteBuffer value = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();

        assertThat(serde.deserializer().deserialize(TOPIC, new RecordHeaders(), value))
                .isEqualTo(Records.frame(new byte[100]));
    }

    @Test
    void shouldReadAClaimCheck() {
        AvroSerde<Frame> serde = AvroSerde.forValues(Frame.class, registry);
        Frame frame = Frame.newBuilder(Records.frame(new byte[0]))
                .setPayload(new PayloadReference("file:///frames/1.jpg", "cc".repeat(32), 12345L))
                .build();

        assertThat(serde.deserializer().deserialize(TOPIC, serde.serializer().serialize(TOPIC, frame)))
                .isEqualTo(frame);
    }

    @Test
    void shouldLeaveATombstoneATombstone() {
        AvroSerde<Frame> serde = AvroSerde.forValues(Frame.class, registry);

        assertThat(serde.serializer().serialize(TOPIC, null)).isNull();
        assertThat(serde.deserializer().deserialize(TOPIC, (byte[]) null)).isNull();
        assertThat(serde.deserializer().deserialize(TOPIC, new RecordHeaders(), (ByteBuffer) null))
                .isNull();
    }

    @Test
    void shouldResolveTheSchemaOfAnOlderWriter() {
        Schema older = Records.changed(Records.TAG, "{\"name\":\"score\",\"type\":\"float\"},", "");
        Schema newer = Records.changed(
                Frame.getClassSchema(),
                "{\"name\":\"pictures\",\"type\":\"int\"",
                "{\"name\":\"new_field\",\"type\":\"int\",\"default\":5},{\"name\":\"pictures\",\"type\":\"int\"");
        assertThat(older.getFields()).hasSize(2);
        GenericRecord fromLater = new GenericData.Record(newer);
        Frame frame = Records.frame(new byte[] {9});
        frame.getSchema().getFields().forEach(field -> fromLater.put(field.name(), frame.get(field.pos())));
        fromLater.put("captured_at", 1_795_406_400_123_456L);
        fromLater.put(
                "encoding",
                new GenericData.EnumSymbol(newer.getField("encoding").schema(), "JPEG"));
        fromLater.put("new_field", 6);
        byte[] bytes = new AvroSerializer<GenericRecord>(registry).serialize(TOPIC, fromLater);

        Frame read = AvroSerde.forValues(Frame.class, registry).deserializer().deserialize(TOPIC, bytes);

        assertThat(read).isEqualTo(frame);
    }

    @Test
    void shouldReadIntoTheClassThatTheSchemaNamesWhenToldSo() {
        Deserializer<IndexedRecord> specific = new AvroDeserializer<>(registry);
        specific.configure(Map.of("specific.avro.reader", "true"), false);
        byte[] bytes = new AvroSerializer<Frame>(registry).serialize(TOPIC, Records.frame(new byte[1]));

        assertThat(specific.deserialize(TOPIC, bytes)).isInstanceOf(Frame.class);
    }

    @Test
    void shouldReadIntoGenericRecordsWhenNotTold() {
        Deserializer<IndexedRecord> generic = new AvroDeserializer<>(registry);
        generic.configure(Map.of(), false);
        byte[] bytes = new AvroSerializer<Frame>(registry).serialize(TOPIC, Records.frame(new byte[1]));

        assertThat(generic.deserialize(TOPIC, bytes)).isInstanceOfSatisfying(GenericRecord.class, record -> {
            assertThat(record).isNotInstanceOf(Frame.class);
            assertThat(record.get("camera_id")).isEqualTo("door");
        });
    }

    @Test
    void shouldNameTheClassThatIsMissing() {
        Deserializer<IndexedRecord> specific = new AvroDeserializer<>(registry);
        specific.configure(Map.of("specific.avro.reader", true), false);
        byte[] bytes = new AvroSerializer<GenericRecord>(registry).serialize("tags", Records.tag());

        assertThatThrownBy(() -> specific.deserialize("tags", bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("test.Tag")
                .hasMessageContaining("specific.avro.reader");
    }

    @Test
    void shouldNameAnIdThatTheRegistryNeverGave() {
        Deserializer<Frame> deserializer = new AvroDeserializer<>(Frame.class, registry);
        byte[] bytes = {0, 0, 0, 0, 99, 1, 2};

        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes))
                .isInstanceOfSatisfying(
                        SchemaRegistryException.class,
                        e -> assertThat(e.isUnknownSchema()).isTrue())
                .hasMessageContaining(TOPIC)
                .hasMessageContaining("schema id 99");
    }

    @Test
    void shouldSayWhatAPlainJpegIs() {
        Deserializer<Frame> deserializer = new AvroDeserializer<>(Frame.class, registry);
        byte[] jpeg = HexFormat.of().parseHex("ffd8ffe000104a464946");

        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, jpeg))
                .isInstanceOf(WireFormatException.class)
                .hasMessage(
                        "topic patchstream.frames: record begins with 0xff; Confluent's wire format begins with 0x00;"
                                + " this looks like a plain JPEG");
    }

    @Test
    void shouldSayThatTheSchemaIdIsInAHeader() {
        Deserializer<Frame> deserializer = new AvroDeserializer<>(Frame.class, registry);
        RecordHeaders headers = new RecordHeaders();
        headers.add("__value_schema_id", new byte[17]);

        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, headers, new byte[] {6, 'a', 'b', 'c', 0}))
                .isInstanceOf(WireFormatException.class)
                .hasMessageContaining("0x06")
                .hasMessageContaining("in the header __value_schema_id");
    }

    @Test
    void shouldRefuseARecordThatIsTooShort() {
        Deserializer<Frame> deserializer = new AvroDeserializer<>(Frame.class, registry);

        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[0]))
                .isInstanceOf(WireFormatException.class)
                .hasMessageContaining("has 0 bytes");
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[4]))
                .isInstanceOf(WireFormatException.class)
                .hasMessageContaining("has 4 bytes");
    }

    @Test
    void shouldRefuseARecordThatWasCutOff() {
        AvroSerde<Frame> serde = AvroSerde.forValues(Frame.class, registry);
        byte[] bytes = serde.serializer().serialize(TOPIC, Records.frame(new byte[1000]));

        for (int length = WireFormat.HEADER_BYTES; length < bytes.length; length += 7) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, cut))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining(TOPIC)
                    .hasMessageContaining("id 1");
        }
    }

    @Test
    void shouldNotTakeMemoryForWhatARecordOnlyClaims() {
        AvroSerde<Frame> serde = AvroSerde.forValues(Frame.class, registry);
        serde.serializer().serialize(TOPIC, Records.frame(new byte[0]));
        // frame_id says that it is 2,147,483,639 bytes long; so does the array of the second.
        byte[] text = HexFormat.of().parseHex("0000000001eeffffff0f41");
        byte[] array = HexFormat.of().parseHex("00000000020000000000eeffffff0f00000000");
        new AvroSerializer<GenericRecord>(registry).serialize("tags", Records.tag());
        Deserializer<IndexedRecord> generic = new AvroDeserializer<>(registry);
        generic.configure(Map.of(), false);

        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, text))
                .isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> generic.deserialize("tags", array)).isInstanceOf(SerializationException.class);
    }

    @Test
    void shouldNameTheRecordAndTheTopicOfWhatDoesNotEncode() {
        GenericRecord tag = new GenericData.Record(Records.TAG);
        tag.put("label", "cat");

        assertThatThrownBy(() -> new AvroSerializer<GenericRecord>(registry).serialize("tags", tag))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("test.Tag")
                .hasMessageContaining("topic tags");
    }

    @Test
    void shouldRefuseMoreSchemasUnderASubjectThanTheSettingAllows() {
        AvroSerializer<GenericRecord> serializer = new AvroSerializer<>(registry);
        serializer.configure(Map.of("max.schemas.per.subject", 1), false);
        serializer.serialize("tags", Records.tag());
        GenericRecord other = new GenericData.Record(Schema.createRecord("Other", null, "test", false, List.of()));

        assertThatThrownBy(() -> serializer.serialize("tags", other))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("tags-value")
                .hasMessageContaining("max.schemas.per.subject is 1");
    }

    @Test
    void shouldWriteAsTheNewestSchemaOfTheSubjectHasIt() {
        Schema newest = Records.changed(
                Records.TAG,
                "{\"name\":\"label\",\"type\":\"string\"},",
                "{\"name\":\"added\",\"type\":\"int\",\"default\":3},{\"name\":\"label\",\"type\":\"string\"},");
        registry.register("tags-value", Records.TAG, false);
        registry.register("tags-value", newest, false);
        AvroSerializer<GenericRecord> serializer = new AvroSerializer<>(registry);
        serializer.configure(Map.of("auto.register.schemas", false, "use.latest.version", true), false);
        Deserializer<IndexedRecord> generic = new AvroDeserializer<>(registry);
        generic.configure(Map.of(), false);

        byte[] bytes = serializer.serialize("tags", Records.tag());

        assertThat(bytes).startsWith(0, 0, 0, 0, 2);
        assertThat(generic.deserialize("tags", bytes))
                .hasToString("{\"added\": 3, \"label\": \"cat\", \"score\": 0.5, \"emb\": [1.0, 2.0]}");
    }

    @Test
    void shouldTakeTheShortWayWhenTheNewestSchemaOnlySaysMore() {
        Schema documented = Records.changed(Records.TAG, "\"fields\"", "\"doc\":\"What it shows.\",\"fields\"");
        registry.register("tags-value", documented, false);
        AvroSerializer<GenericRecord> serializer = new AvroSerializer<>(registry);
        serializer.configure(Map.of("auto.register.schemas", false, "use.latest.version", true), false);

        assertThat(HexFormat.of().formatHex(serializer.serialize("tags", Records.tag())))
                .isEqualTo("0000000001066361740000003f040000803f0000004000");
    }

    @Test
    void shouldRefuseToWriteWhatTheNewestSchemaCannotHold() {
        Schema other = Records.changed(Records.TAG, "\"float\"}", "\"string\"}");
        registry.register("tags-value", other, false);
        AvroSerializer<GenericRecord> serializer = new AvroSerializer<>(registry);
        serializer.configure(Map.of("auto.register.schemas", false, "use.latest.version", true), false);

        assertThatThrownBy(() -> serializer.serialize("tags", Records.tag()))
                .isInstanceOfSatisfying(
                        SchemaRegistryException.class,
                        e -> assertThat(e.errorCode()).isEqualTo(409))
                .hasMessageContaining("tags-value")
                .hasMessageContaining("id 1")
                .hasMessageContaining("test.Tag");
    }

    @Test
    void shouldNotRegisterWhenToldNotTo() {
        AvroSerializer<GenericRecord> serializer = new AvroSerializer<>(registry);
        serializer.configure(Map.of("auto.register.schemas", false), false);

        assertThatThrownBy(() -> serializer.serialize("tags", Records.tag()))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("tags-value");
    }

    @Test
    void shouldWriteEqualMapsAsEqualBytes() {
        Map<String, String> one = new LinkedHashMap<>();
        one.put("b", "2");
        one.put("a", "1");
        Frame frame =
                Frame.newBuilder(Records.frame(new byte[1])).setAttributes(one).build();
        Frame equal = Frame.newBuilder(frame).setAttributes(new TreeMap<>(one)).build();
        AvroSerializer<Frame> serializer = new AvroSerializer<>(registry);

        assertThat(serializer.serialize(TOPIC, frame)).isEqualTo(serializer.serialize(TOPIC, equal));
    }

    @Test
    void shouldServeManyThreads() throws Exception {
        AvroSerde<Frame> serde = AvroSerde.forValues(Frame.class, registry);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> work = IntStream.range(0, 64)
                    .<Callable<Boolean>>mapToObj(i -> () -> {
                        Frame frame = Records.frame(new byte[] {(byte) i});
                        byte[] bytes = serde.serializer().serialize(TOPIC, frame);
                        return serde.deserializer().deserialize(TOPIC, bytes).equals(frame);
                    })
                    .toList();

            for (Future<Boolean> same : threads.invokeAll(work)) {
                assertThat(same.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldSayThatItWasNotConfigured() {
        assertThatThrownBy(() -> new AvroSerializer<Frame>().serialize(TOPIC, Records.frame(new byte[1])))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new AvroSerde<Frame>().serializer()).isInstanceOf(IllegalStateException.class);
    }
}
