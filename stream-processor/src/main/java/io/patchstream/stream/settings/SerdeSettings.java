package io.patchstream.stream.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How records are written and read. The classes are chosen by name, so that Confluent's own drop in.
 *
 * @param serializer class name of a {@code Serializer} of Avro records
 * @param deserializer class name of a {@code Deserializer} of Avro records
 * @param plugins folders whose jars are searched for those classes before the class path, as {@code plugin.path} of Kafka Connect
 * @param config what both are configured with, Confluent's keys as they are
 */
public record SerdeSettings(
        @Setting(
                key = "serde.serializer",
                or = "io.patchstream.schemas.serde.AvroSerializer",
                says = "Class that writes Avro records, such as `io.confluent.kafka.serializers.KafkaAvroSerializer`.")
        String serializer,

        @Setting(
                key = "serde.deserializer",
                or = "io.patchstream.schemas.serde.AvroDeserializer",
                says = "Class that reads Avro records, such as `io.confluent.kafka.serializers.KafkaAvroDeserializer`.")
        String deserializer,

        @Setting(
                key = "plugin.path",
                says =
                        "Folders with jars that those two classes may be in, separated by commas; the same as `--plugin-path`.")
        List<Path> plugins,

        Map<String, String> config) {

    public SerdeSettings {
        plugins = List.copyOf(plugins);
        config = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(config));
        new Checks()
                .that(!serializer.isBlank(), "serde.serializer", "empty", "a class name")
                .that(!deserializer.isBlank(), "serde.deserializer", "empty", "a class name")
                .done();
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "SerdeSettings[serializer=" + serializer + ", deserializer=" + deserializer + ", plugins=" + plugins
                + ", config=" + Secrets.masked(config) + "]";
    }
}
