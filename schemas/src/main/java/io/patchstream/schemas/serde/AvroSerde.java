package io.patchstream.schemas.serde;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * {@link AvroSerializer} and {@link AvroDeserializer} over one registry; once configured it may be shared between threads.
 *
 * @param <T> the record type
 */
public final class AvroSerde<T extends IndexedRecord> implements Serde<T> {
    private SchemaRegistry registry;
    private AvroSerializer<T> serializer;
    private AvroDeserializer<T> deserializer;

    /** As Kafka makes it, by class name; {@link #configure} must follow. */
    public AvroSerde() {}

    /** With a registry at hand; {@link #configure} must follow, and needs no {@code schema.registry.url}. */
    public AvroSerde(SchemaRegistry registry) {
        this.registry = requireNonNull(registry, "registry");
    }

    /**
     * For the values of one generated class.
     *
     * @param configs Confluent's keys, {@code schema.registry.url} among them
     * @throws org.apache.kafka.common.config.ConfigException if a setting is missing or wrong
     */
    public static <T extends SpecificRecord> AvroSerde<T> forValues(Class<T> type, Map<String, ?> configs) {
        return configured(new AvroSerde<>(), type, configs);
    }

    /** For the values of one generated class, over a registry at hand. */
    public static <T extends SpecificRecord> AvroSerde<T> forValues(Class<T> type, SchemaRegistry registry) {
        return configured(new AvroSerde<>(registry), type, Map.of());
    }

    private static <T extends SpecificRecord> AvroSerde<T> configured(
            AvroSerde<T> serde, Class<T> type, Map<String, ?> configs) {
        Map<String, Object> withType = new HashMap<>(configs);
        withType.put(AvroSerdeConfig.typeKey(false), type);
        serde.configure(withType, false);
        return serde;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        if (registry == null) {
            registry = new HttpSchemaRegistry(SchemaRegistryConfig.parse(configs));
        }
        serializer = new AvroSerializer<>(registry);
        serializer.configure(configs, isKey);
        deserializer = new AvroDeserializer<>(registry);
        deserializer.configure(configs, isKey);
    }

    @Override
    public Serializer<T> serializer() {
        return configured(serializer);
    }

    @Override
    public Deserializer<T> deserializer() {
        return configured(deserializer);
    }

    private static <P> P configured(P part) {
        if (part == null) {
            throw new IllegalStateException("AvroSerde is used before configure(...)");
        }
        return part;
    }
}
