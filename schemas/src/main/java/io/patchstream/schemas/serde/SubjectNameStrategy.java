package io.patchstream.schemas.serde;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;

/** Under which subject a schema is registered; chosen by Confluent's class names, short or with their package. */
public enum SubjectNameStrategy {
    /** The topic and {@code -key} or {@code -value}: one record type a topic. */
    TOPIC("TopicNameStrategy") {
        @Override
        public String subject(String topic, boolean isKey, Schema schema) {
            return topic + (isKey ? "-key" : "-value");
        }
    },
    /** The record's full name: one evolution of the type wherever it is used. */
    RECORD("RecordNameStrategy") {
        @Override
        public String subject(String topic, boolean isKey, Schema schema) {
            return schema.getFullName();
        }
    },
    /** The topic, a dash and the record's full name: several types a topic, each evolving there by itself. */
    TOPIC_RECORD("TopicRecordNameStrategy") {
        @Override
        public String subject(String topic, boolean isKey, Schema schema) {
            return topic + "-" + schema.getFullName();
        }
    };

    private static final String CONFLUENT_PACKAGE = "io.confluent.kafka.serializers.subject.";

    private final String className;

    SubjectNameStrategy(String className) {
        this.className = className;
    }

    /** The subject of a record's schema. */
    public abstract String subject(String topic, boolean isKey, Schema schema);

    /**
     * The strategy of values that a serde of these properties follows.
     *
     * @throws ConfigException when it is none of these
     */
    public static SubjectNameStrategy ofValues(Map<String, ?> configs) {
        return AvroSerdeConfig.parse(configs, false).strategy();
    }

    static SubjectNameStrategy parse(String key, Object value) {
        String name = value instanceof Class<?> type ? type.getName() : String.valueOf(value);
        return Arrays.stream(values())
                .filter(strategy ->
                        name.equals(strategy.className) || name.equals(CONFLUENT_PACKAGE + strategy.className))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        key,
                        name,
                        "must be one of "
                                + Arrays.stream(values())
                                        .map(strategy -> strategy.className)
                                        .collect(Collectors.joining(", "))
                                + ", with or without " + CONFLUENT_PACKAGE + " before it"));
    }
}
