package io.patchstream.stream.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * Every setting there is, read from the records: what the loader knows and {@code docs/settings.md} shows.
 *
 * @param entries in the order of the records
 */
public record SettingsReference(List<Entry> entries) {
    /**
     * One setting.
     *
     * @param section the record that it is part of
     * @param key its key
     * @param type the type of its component
     * @param or its default as text; empty where there is none
     * @param says what it does
     */
    public record Entry(Class<?> section, String key, Type type, String or, String says) {
        /** The environment variable that sets it. */
        public String variable() {
            return "PATCHSTREAM_"
                    + key.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace('-', '_');
        }
    }

    public SettingsReference {
        entries = List.copyOf(entries);
    }

    /** What the records of {@link Settings} say. */
    public static SettingsReference ofRecords() {
        List<Entry> entries = new ArrayList<>();
        for (RecordComponent section : Settings.class.getRecordComponents()) {
            if (section.getType().isRecord()) {
                for (RecordComponent component : section.getType().getRecordComponents()) {
                    Setting setting = component.getAnnotation(Setting.class);
                    if (setting != null) {
                        Type type = component.getGenericType();
                        entries.add(new Entry(
                                section.getType(),
                                setting.key(),
                                type instanceof ParameterizedType ? type : component.getType(),
                                setting.or(),
                                setting.says()));
                    }
                }
            }
        }
        return new SettingsReference(entries);
    }

    public List<String> keys() {
        return entries.stream().map(Entry::key).toList();
    }

    /** The page {@code docs/settings.md}. */
    public String toMarkdown() {
        StringBuilder page = new StringBuilder("""
                # Settings

                Generated from the records in `io.patchstream.stream.settings`; do not edit. To write it again:

                ```
                ./patchstream settings --markdown > docs/settings.md
                ```

                A setting is taken from, the later wins: its default; the properties file of `--config`; the environment;
                `--set key=value`. All mistakes are reported together at start, each with the nearest right name.
                `./patchstream settings` prints what is in force and where it comes from, secrets masked.

                A value, or a part of one, may stand elsewhere, as a secret should: `${file:/run/secrets/kafka.properties:password}`
                is a key of a properties file, `${directory:/run/secrets:password}` a whole file, `${env:NAME}` an environment
                variable; Kafka's own configuration providers read them, once, at start. See [security.md](security.md).

                | key | default | values | what it does | environment |
                |---|---|---|---|---|
                """);
        for (Entry entry : entries) {
            page.append("| `%s` | %s | %s | %s | `%s` |%n"
                    .formatted(
                            entry.key(),
                            entry.or().isEmpty() ? "" : "`" + entry.or() + "`",
                            Parsing.describe(entry.type()),
                            entry.says(),
                            entry.variable())
                    .replace("\r\n", "\n"));
        }
        return page.append("""

                        ## What is passed on

                        * `kafka.*` goes to Kafka Streams and its clients untouched, without the prefix, and wins over what Patchstream
                          chooses: `kafka.bootstrap.servers` (default `localhost:9092`), `kafka.security.protocol`,
                          `kafka.group.protocol`, `kafka.producer.compression.type`, … In the environment: `KAFKA_BOOTSTRAP_SERVERS`.
                        * Confluent's own keys go to the serde as they are: `schema.registry.*` (`schema.registry.url`, default
                          `http://localhost:8081`), `basic.auth.*`, `bearer.auth.*`, `auto.register.schemas`, `use.latest.version`,
                          `use.schema.id`, `normalize.schemas`, `key.subject.name.strategy`, `value.subject.name.strategy`,
                          `latest.*`, `avro.*`, `proxy.*`. Any other key reaches the serde as `serde.KEY`.
                        """).toString();
    }
}
