package io.patchstream.schemas.serde;

import static java.util.Objects.requireNonNull;

import io.patchstream.schemas.TrustedRecords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes Avro records, generated or generic, in {@link WireFormat}.
 *
 * <p>Once configured it may be shared between threads. A topic's first record of each schema asks the registry; the
 * answer is kept for the serialiser's life. A {@code null} record is a {@code null} value, a tombstone.
 *
 * @param <T> the record type
 */
public final class AvroSerializer<T extends IndexedRecord> implements Serializer<T> {
    static {
        TrustedRecords.trust();
    }

    /** For all of a record but its byte fields; what is larger makes the buffer grow. */
    private static final int SMALL_FIELDS_BYTES = 512;

    private final ConcurrentHashMap<Destination, RecordWriter> writers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, AtomicInteger> schemasBySubject = new ConcurrentHashMap<>();
    private SchemaRegistry registry;
    private AvroSerdeConfig config;
    private boolean isKey;

    /** As Kafka makes it, by class name; {@link #configure} names the registry. */
    public AvroSerializer() {}

    /** With a registry at hand; {@link #configure} may still set the rest. */
    public AvroSerializer(SchemaRegistry registry) {
        this.registry = requireNonNull(registry, "registry");
        this.config = AvroSerdeConfig.parse(Map.of(), false);
    }

    /** @throws org.apache.kafka.common.config.ConfigException if a setting is missing or wrong */
    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        this.config = AvroSerdeConfig.parse(configs, isKey);
        this.isKey = isKey;
        if (registry == null) {
            registry = new HttpSchemaRegistry(SchemaRegistryConfig.parse(configs));
        }
    }

    @Override
    public byte[] serialize(String topic, T record) {
        if (record == null) {
            return null;
        }
        if (config == null) {
            throw new IllegalStateException("AvroSerializer is used before configure(...)");
        }
        Destination destination = new Destination(topic, record.getSchema(), record.getClass());
        RecordWriter writer = writers.get(destination);
        if (writer == null) {
            writer = writers.computeIfAbsent(destination, missing -> writerFor(missing, record));
        }
        return encode(topic, record, writer);
    }

    private RecordWriter writerFor(Destination destination, T record) {
        Schema schema = destination.schema();
        SpecificData model =
                record instanceof SpecificRecordBase generated ? generated.getSpecificData() : new SpecificData();
        String subject = config.strategy().subject(destination.topic(), isKey, schema);
        int met = schemasBySubject
                .computeIfAbsent(subject, name -> new AtomicInteger())
                .incrementAndGet();
        if (met > config.maxSchemasPerSubject()) {
            throw new SerializationException("subject " + subject + " was given " + met + " schemas; "
                    + AvroSerdeConfig.MAX_SCHEMAS + " is " + config.maxSchemasPerSubject()
                    + ". Build a record's schema once, not for each record");
        }
        try {
            if (config.autoRegister()) {
                return RecordWriter.of(registry.register(subject, schema, config.normalize()), schema, model);
            }
            if (config.useLatest()) {
                return RecordWriter.resolving(subject, schema, model, registry.latest(subject));
            }
            return RecordWriter.of(registry.idOf(subject, schema, config.normalize()), schema, model);
        } catch (RuntimeException e) {
            schemasBySubject.get(subject).decrementAndGet();
            throw e;
        }
    }

    private byte[] encode(String topic, T record, RecordWriter writer) {
        FramedBytes frame = new FramedBytes(writer.schemaId(), SMALL_FIELDS_BYTES + byteFields(record));
        try {
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(frame, null);
            writer.write(record, encoder);
            return frame.toByteArray();
        } catch (IOException | AvroRuntimeException | ClassCastException | NullPointerException e) {
            // The last two are how Avro says that a field holds the wrong type, or null where none may be.
            throw new SerializationException(
                    "a " + record.getSchema().getFullName() + " for topic " + topic + " does not encode: "
                            + e.getMessage(),
                    e);
        }
    }

    /** So that a picture's bytes are copied once into the buffer and once out of it, and not at each doubling. */
    private static int byteFields(IndexedRecord record) {
        int bytes = 0;
        for (int i = record.getSchema().getFields().size() - 1; i >= 0; i--) {
            if (record.get(i) instanceof ByteBuffer field) {
                bytes += field.remaining();
            }
        }
        return bytes;
    }

    /** Generated and generic records of one schema are written by different models. */
    private record Destination(String topic, Schema schema, Class<?> type) {}

    private static final class FramedBytes extends ByteArrayOutputStream {
        FramedBytes(int schemaId, int capacity) {
            super(capacity);
            WireFormat.writeHeader(schemaId, buf);
            count = WireFormat.HEADER_BYTES;
        }
    }
}
