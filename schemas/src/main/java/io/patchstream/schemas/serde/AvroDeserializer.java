package io.patchstream.schemas.serde;

import static java.util.Objects.requireNonNull;

import io.patchstream.schemas.TrustedRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Reads records in {@link WireFormat}: the registry tells the writer's schema, the generated class its own, and Avro
 * resolves the one to the other.
 *
 * <p>Into what it reads: the class that it was made with or that {@code specific.avro.value.type} names; else, with
 * {@code specific.avro.reader=true}, the generated class that the writer's schema names; else, as Confluent's does, a
 * {@code GenericRecord}.
 *
 * <p>Once configured it may be shared between threads. The first record of each schema id asks the registry; the answer is
 * kept for the deserialiser's life. Byte fields of a record that came as an array are views of that array, which must not be
 * changed afterwards (Kafka does not); see {@link RecordDecoder}.
 *
 * @param <T> the record type
 */
public final class AvroDeserializer<T extends IndexedRecord> implements Deserializer<T> {
    static {
        TrustedRecords.trust();
    }

    private static final Headers NO_HEADERS = new RecordHeaders();

    private final ConcurrentHashMap<Integer, DatumReader<T>> readers = new ConcurrentHashMap<>();
    private SchemaRegistry registry;
    private AvroSerdeConfig config;
    private Class<?> type;
    private boolean isKey;

    /** As Kafka makes it, by class name; {@link #configure} names the registry. */
    public AvroDeserializer() {}

    /** Into one generated class; {@link #configure} names the registry. */
    public AvroDeserializer(Class<T> type) {
        this.type = requireNonNull(type, "type");
    }

    /** Into one generated class, with a registry at hand; {@link #configure} is not needed. */
    public AvroDeserializer(Class<T> type, SchemaRegistry registry) {
        this(type);
        this.registry = requireNonNull(registry, "registry");
        this.config = AvroSerdeConfig.parse(Map.of(), false);
    }

    AvroDeserializer(SchemaRegistry registry) {
        this.registry = requireNonNull(registry, "registry");
    }

    /** @throws org.apache.kafka.common.config.ConfigException if a setting is missing or wrong */
    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        this.config = AvroSerdeConfig.parse(configs, isKey);
        this.isKey = isKey;
        if (type == null) {
            type = config.type().orElse(null);
        }
        if (registry == null) {
            registry = new HttpSchemaRegistry(SchemaRegistryConfig.parse(configs));
        }
    }

    @Override
    public T deserialize(String topic, byte[] record) {
        return deserialize(topic, NO_HEADERS, record);
    }

    @Override
    public T deserialize(String topic, Headers headers, byte[] record) {
        if (record == null) {
            return null;
        }
        int id = schemaId(topic, headers, ByteBuffer.wrap(record));
        int start = WireFormat.HEADER_BYTES;
        return decode(topic, id, new RecordDecoder(record, start, record.length - start));
    }

    /** As the other, save that byte fields are copies: the consumer uses its fetch buffer again. */
    @Override
    public T deserialize(String topic, Headers headers, ByteBuffer record) {
        if (record == null) {
            return null;
        }
        if (!record.hasArray()) {
            return deserialize(topic, headers, Utils.toArray(record));
        }
        ByteBuffer body = record.duplicate();
        int id = schemaId(topic, headers, body);
        int start = body.arrayOffset() + body.position();
        return decode(topic, id, DecoderFactory.get().binaryDecoder(body.array(), start, body.remaining(), null));
    }

    private int schemaId(String topic, Headers headers, ByteBuffer record) {
        try {
            return WireFormat.readHeader(record);
        } catch (WireFormatException e) {
            String header = (isKey ? "__key" : "__value") + WireFormat.HEADER_SUFFIX;
            String elsewhere = headers.lastHeader(header) == null
                    ? ""
                    : "; its schema id is in the header " + header
                            + ": have the producer put it in front, or put Confluent's deserialiser in this one's place";
            throw new WireFormatException("topic " + topic + ": " + e.getMessage() + elsewhere);
        }
    }

    private T decode(String topic, int id, Decoder decoder) {
        if (config == null) {
            throw new IllegalStateException("AvroDeserializer is used before configure(...)");
        }
        DatumReader<T> reader = reader(topic, id);
        try {
            return reader.read(null, decoder);
        } catch (IOException | RuntimeException e) {
            // Bytes that are not what their schema says fail in many ways: an index out of bounds is an enum's or a
            // union's number that is not there, an unsupported operation is a string of two gigabytes.
            throw undecodable(topic, id, e);
        }
    }

    private DatumReader<T> reader(String topic, int id) {
        DatumReader<T> reader = readers.get(id);
        if (reader != null) {
            return reader;
        }
        try {
            return readers.computeIfAbsent(id, this::readerFor);
        } catch (SchemaRegistryException e) {
            throw new SchemaRegistryException(e.errorCode(), "topic " + topic + ": " + e.getMessage());
        } catch (AvroRuntimeException | SecurityException e) {
            // Security is a class that Avro was not told to trust.
            throw undecodable(topic, id, e);
        }
    }

    private static SerializationException undecodable(String topic, int id, Exception e) {
        return new SerializationException(
                "topic " + topic + ": a record does not decode with its schema, id " + id + ": " + e.getMessage(), e);
    }

    private DatumReader<T> readerFor(int id) {
        Schema writer = registry.byId(id);
        Class<?> target = type == null && config.specificReader() ? classOf(writer) : type;
        if (target == null) {
            return new GenericDatumReader<>(writer);
        }
        Schema reader = SpecificData.get().getSchema(target);
        // Equal binary needs no resolution; what the writer calls a string or documents is no difference.
        boolean same = SchemaNormalization.toParsingForm(writer).equals(SchemaNormalization.toParsingForm(reader));
        return new SpecificDatumReader<>(same ? reader : writer, reader, SpecificData.getForClass(target));
    }

    private static Class<?> classOf(Schema writer) {
        Class<?> found = new SpecificData(Utils.getContextOrKafkaClassLoader()).getClass(writer);
        if (found == null) {
            throw new SerializationException("there is no class " + writer.getFullName()
                    + " on the class path, which the writer's schema names and "
                    + AvroSerdeConfig.SPECIFIC_READER + "=true asks for");
        }
        return found;
    }
}
