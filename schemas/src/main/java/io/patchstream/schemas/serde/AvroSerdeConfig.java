package io.patchstream.schemas.serde;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/**
 * How records become bytes and back. Keys and defaults are Confluent's; the keys of the registry itself are
 * {@link SchemaRegistryConfig}'s. Keys that neither knows are left alone, as a client's properties hold many others.
 *
 * @param autoRegister register a schema that the subject lacks; goes before {@code useLatest}
 * @param useLatest write with the subject's newest schema instead of the record's own
 * @param normalize ask the registry to put schemas into their normal form
 * @param specificReader read into generated classes
 * @param type the class to read into, whatever the writer's schema is called
 * @param strategy under which subject a schema is
 * @param maxSchemasPerSubject how many schemas one serialiser may meet under a subject before it takes that for a mistake
 */
record AvroSerdeConfig(
        boolean autoRegister,
        boolean useLatest,
        boolean normalize,
        boolean specificReader,
        Optional<Class<?>> type,
        SubjectNameStrategy strategy,
        int maxSchemasPerSubject) {
    static final String AUTO_REGISTER = "auto.register.schemas";
    static final String USE_LATEST = "use.latest.version";
    static final String NORMALIZE = "normalize.schemas";
    static final String SPECIFIC_READER = "specific.avro.reader";
    static final String MAX_SCHEMAS = "max.schemas.per.subject";

    private static final ConfigDef DEFINITION = new ConfigDef()
            .define(AUTO_REGISTER, Type.BOOLEAN, true, Importance.HIGH, "Register schemas that a subject lacks.")
            .define(USE_LATEST, Type.BOOLEAN, false, Importance.LOW, "Write with the subject's newest schema.")
            .define(NORMALIZE, Type.BOOLEAN, false, Importance.MEDIUM, "Register schemas in normal form.")
            .define(SPECIFIC_READER, Type.BOOLEAN, false, Importance.LOW, "Read into generated classes.")
            .define(typeKey(true), Type.CLASS, null, Importance.LOW, "The generated class of keys.")
            .define(typeKey(false), Type.CLASS, null, Importance.LOW, "The generated class of values.")
            .define(
                    MAX_SCHEMAS,
                    Type.INT,
                    1000,
                    ConfigDef.Range.atLeast(1),
                    Importance.LOW,
                    "How many schemas one serialiser may meet under a subject.");

    static AvroSerdeConfig parse(Map<String, ?> configs, boolean isKey) {
        Map<String, Object> values = DEFINITION.parse(configs);
        String strategyKey = (isKey ? "key" : "value") + ".subject.name.strategy";
        Object strategy = configs.get(strategyKey);
        Class<?> type = (Class<?>) values.get(typeKey(isKey));
        if (type != null && !SpecificRecord.class.isAssignableFrom(type)) {
            throw new ConfigException(typeKey(isKey), type.getName(), "must be a class that Avro generated");
        }
        return new AvroSerdeConfig(
                (Boolean) values.get(AUTO_REGISTER),
                (Boolean) values.get(USE_LATEST),
                (Boolean) values.get(NORMALIZE),
                (Boolean) values.get(SPECIFIC_READER),
                Optional.ofNullable(type),
                strategy == null ? SubjectNameStrategy.TOPIC : SubjectNameStrategy.parse(strategyKey, strategy),
                (Integer) values.get(MAX_SCHEMAS));
    }

    static String typeKey(boolean isKey) {
        return String.format(Locale.ROOT, "specific.avro.%s.type", isKey ? "key" : "value");
    }
}
