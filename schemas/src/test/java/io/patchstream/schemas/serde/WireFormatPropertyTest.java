package io.patchstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.EmbeddingLineage;
import io.patchstream.schemas.EmbeddingPayload;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.PayloadReference;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;

class WireFormatPropertyTest {
    private final AvroSerde<Frame> frames = AvroSerde.forValues(Frame.class, new InMemorySchemaRegistry());
    private final AvroSerde<Embedding> embeddings = AvroSerde.forValues(Embedding.class, new InMemorySchemaRegistry());

    @Property
    void shouldReadEveryFrameThatItWrote(@ForAll("frames") Frame frame) {
        byte[] bytes = frames.serializer().serialize("frames", frame);

        assertThat(frames.deserializer().deserialize("frames", bytes)).isEqualTo(frame);
        assertThat(frames.deserializer().deserialize("frames", new RecordHeaders(), ByteBuffer.wrap(bytes)))
                .isEqualTo(frame);
    }

    @Property
    void shouldWriteTheSameBytesForTheSameFrame(@ForAll("frames") Frame frame) {
        byte[] once = frames.serializer().serialize("frames", frame);

        byte[] again =
                frames.serializer().serialize("frames", frames.deserializer().deserialize("frames", once));

        assertThat(again).isEqualTo(once);
    }

    @Property
    void shouldReadEveryEmbeddingThatItWrote(@ForAll List<Float> vector, @ForAll String id) {
        Embedding embedding = new Embedding(
                "frames",
                id,
                vector,
                vector.size(),
                "demo",
                new EmbeddingPayload("door", "f", 0, Instant.EPOCH, "cat", 0.5f),
                new EmbeddingLineage("aa", "bb", "engine", "frames", 0, 1L));

        byte[] bytes = embeddings.serializer().serialize("embeddings", embedding);

        assertThat(embeddings.deserializer().deserialize("embeddings", bytes)).isEqualTo(embedding);
    }

    @Property
    void shouldPutAnyIdInFourBytesWithTheHighOneFirst(@ForAll int id) {
        AtomicReference<Integer> asked = new AtomicReference<>();
        SchemaRegistry one = new SchemaRegistry() {
            @Override
            public int register(String subject, Schema schema, boolean normalize) {
                return id;
            }

            @Override
            public int idOf(String subject, Schema schema, boolean normalize) {
                throw new AssertionError("not asked for");
            }

            @Override
            public RegisteredSchema latest(String subject) {
                throw new AssertionError("not asked for");
            }

            @Override
            public Schema byId(int wanted) {
                asked.set(wanted);
                return Frame.getClassSchema();
            }
        };

        byte[] bytes = new AvroSerializer<Frame>(one).serialize("frames", Records.frame(new byte[1]));
        new AvroDeserializer<>(Frame.class, one).deserialize("frames", bytes);

        assertThat(bytes).startsWith(0, (byte) (id >>> 24), (byte) (id >>> 16), (byte) (id >>> 8), (byte) id);
        assertThat(asked).hasValue(id);
    }

    @Property
    void shouldRefuseWhatItCannotReadAndNeverFailOtherwise(@ForAll byte[] body) {
        frames.serializer().serialize("frames", Records.frame(new byte[1]));
        byte[] record = new byte[body.length + WireFormat.HEADER_BYTES];
        WireFormat.writeHeader(1, record);
        System.arraycopy(body, 0, record, WireFormat.HEADER_BYTES, body.length);

        try {
            assertThat(frames.deserializer().deserialize("frames", record)).isNotNull();
        } catch (SerializationException e) {
            assertThat(e).hasMessageContaining("topic frames");
        }
    }

    @Property
    void shouldRefuseAnyBytesThatAreNotWireFormat(@ForAll byte[] record) {
        try {
            assertThat(frames.deserializer().deserialize("frames", record)).isNotNull();
        } catch (SerializationException e) {
            assertThat(e).hasMessageContaining("topic frames");
        }
    }

    @Provide
    Arbitrary<Frame> frames() {
        Arbitrary<Object> payloads = Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(3000).map(ByteBuffer::wrap),
                Combinators.combine(Arbitraries.strings(), Arbitraries.longs())
                        .as((uri, size) -> new PayloadReference(uri, "cc", size)));
        // Microseconds are what the wire keeps.
        Arbitrary<Instant> instants = Arbitraries.longs()
                .between(-62_135_596_800_000_000L, 253_402_300_799_999_999L)
                .map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
        return Combinators.combine(
                        Arbitraries.strings(),
                        Arbitraries.strings(),
                        Arbitraries.longs(),
                        instants,
                        Arbitraries.of(Encoding.class),
                        Arbitraries.integers(),
                        payloads,
                        Arbitraries.maps(Arbitraries.strings(), Arbitraries.strings())
                                .ofMaxSize(5))
                .as(
                        (String frame,
                                String camera,
                                Long sequence,
                                Instant at,
                                Encoding encoding,
                                Integer pictures,
                                Object payload,
                                Map<String, String> attributes) ->
                                new Frame(frame, camera, sequence, at, encoding, pictures, payload, attributes));
    }
}
