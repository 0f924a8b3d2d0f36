package io.patchstream.stream.settings;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Lays the layers of {@link Settings} over each other and reports all that is wrong at once. Used once, by one thread. */
public final class SettingsLoader {
    private static final String KAFKA = "kafka.";
    private static final String SERDE = "serde.";
    private static final List<String> CONFLUENT = List.of(
            "schema.registry.",
            "basic.auth.",
            "bearer.auth.",
            "auto.register.schemas",
            "use.latest.version",
            "use.schema.id",
            "normalize.schemas",
            "key.subject.name.strategy",
            "value.subject.name.strategy",
            "latest.",
            "avro.",
            "proxy.");
    private static final Map<String, String> PASSED_ON = Map.of(
            "kafka.bootstrap.servers", "localhost:9092",
            "schema.registry.url", "http://localhost:8081");

    /** Variables of the launcher, which are no settings. */
    private static final Set<String> LAUNCHER = Set.of("PATCHSTREAM_JAVA_OPTS");

    private final SettingsReference reference = SettingsReference.ofRecords();
    private final Map<String, SettingsInForce.Entry> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();
    private Map<String, String> variables = Map.of();

    public SettingsLoader() {
        reference.entries().forEach(entry -> put(entry.key(), entry.or(), "default"));
        new TreeMap<>(PASSED_ON).forEach((key, value) -> put(key, value, "default"));
    }

    /** Lays a properties file on top. */
    public SettingsLoader file(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            problems.add("--config " + file + ": there is no such file");
        } catch (IOException | IllegalArgumentException e) {
            problems.add("--config " + file + " cannot be read: " + e.getMessage());
        }
        new TreeSet<>(properties.stringPropertyNames())
                .forEach(key -> take(key, properties.getProperty(key), file.toString()));
        return this;
    }

    /** Lays environment variables on top: those that begin with {@code PATCHSTREAM_} or {@code KAFKA_}. */
    public SettingsLoader environment(Map<String, String> environment) {
        variables = Map.copyOf(environment);
        Map<String, String> keys = new HashMap<>();
        reference.entries().forEach(entry -> keys.put(entry.variable(), entry.key()));
        new TreeMap<>(environment).forEach((variable, value) -> {
            if (variable.startsWith("KAFKA_")) {
                take(dotted(variable), value, variable);
            } else if (variable.startsWith("PATCHSTREAM_") && !LAUNCHER.contains(variable)) {
                String passedOn = dotted(variable.substring("PATCHSTREAM_".length()));
                if (keys.containsKey(variable)) {
                    take(keys.get(variable), value, variable);
                } else if (isForSerde(passedOn)) {
                    take(passedOn, value, variable);
                } else {
                    // Kubernetes puts PATCHSTREAM_PORT and the like into every pod beside a service called patchstream,
                    // so that only a near miss is taken for a mistake.
                    Nearest.within(2, variable, keys.keySet())
                            .ifPresentOrElse(
                                    near -> problems.add(
                                            variable + " in the environment is no setting; did you mean " + near + "?"),
                                    () -> ignored.add(variable));
                }
            }
        });
        return this;
    }

    /** Lays {@code --set} on top. */
    public SettingsLoader set(Map<String, String> settings) {
        settings.forEach((key, value) -> take(key, value, "--set"));
        return this;
    }

    /**
     * The settings, with what stands elsewhere read from there.
     *
     * @throws SettingsException with all problems
     */
    public SettingsInForce load() {
        try (References references = new References(variables)) {
            resolve(references);
            Map<String, String> kafka = new HashMap<>();
            Map<String, String> serde = new HashMap<>();
            values.forEach((key, entry) -> {
                if (key.startsWith(KAFKA)) {
                    kafka.put(key.substring(KAFKA.length()), entry.value());
                } else if (!reference.keys().contains(key)) {
                    serde.put(key.startsWith(SERDE) ? key.substring(SERDE.length()) : key, entry.value());
                }
            });
            List<Object> sections = new ArrayList<>();
            for (RecordComponent section : Settings.class.getRecordComponents()) {
                sections.add(section.getType().isRecord() ? bind(section.getType(), serde) : kafka);
            }
            Object settings = problems.isEmpty() ? construct(Settings.class, sections) : null;
            if (!problems.isEmpty()) {
                throw new SettingsException(problems.stream()
                        .map(references::hide)
                        .map(Secrets::withoutCredentials)
                        .toList());
            }
            return new SettingsInForce((Settings) settings, List.copyOf(values.values()), ignored);
        }
    }

    /** Replaces the references in every value; what cannot be read is noted and stays as it was written. */
    private void resolve(References references) {
        SettingsInForce.Entry kafkas = values.get(KAFKA + "config.providers");
        Set<String> clients =
                kafkas == null ? Set.of() : Set.of(kafkas.value().trim().split("\\s*,\\s*"));
        values.replaceAll((key, entry) -> {
            try {
                String value = references.resolve(entry.written(), key.startsWith(KAFKA) ? clients : Set.of());
                return new SettingsInForce.Entry(key, value, entry.written(), entry.origin());
            } catch (IllegalArgumentException e) {
                problems.add(
                        key + " is '" + entry.printable() + "' (" + entry.origin() + "); it must be " + e.getMessage());
                return entry;
            }
        });
    }

    private void put(String key, String value, String origin) {
        values.put(key, new SettingsInForce.Entry(key, value, value, origin));
    }

    private void take(String key, String value, String origin) {
        if (reference.keys().contains(key) || isForSerde(key)) {
            put(key, value, origin);
        } else if (key.startsWith(KAFKA)) {
            String name = key.substring(KAFKA.length());
            // Clients take keys of plug-ins too, so that an unknown one is only a mistake when it nearly is a known
            // one.
            Optional<String> meant = kafkaNames().contains(name)
                    ? Optional.empty()
                    : Nearest.within(2, withoutClient(name), kafkaNames());
            if (meant.isPresent() && !meant.get().equals(withoutClient(name))) {
                problems.add(
                        key + " (" + origin + ") is no setting of Kafka; did you mean " + KAFKA + meant.get() + "?");
            } else {
                put(key, value, origin);
            }
        } else {
            problems.add(key + " (" + origin + ") is no setting"
                    + Nearest.to(key, reference.keys())
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("; ./patchstream settings lists them"));
        }
    }

    private static boolean isForSerde(String key) {
        return key.startsWith(SERDE) || CONFLUENT.stream().anyMatch(key::startsWith);
    }

    private static String dotted(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '.');
    }

    private static String withoutClient(String name) {
        for (String client : List.of("main.consumer.", "consumer.", "producer.", "admin.", "topic.")) {
            if (name.startsWith(client)) {
                return name.substring(client.length());
            }
        }
        return name;
    }

    private static Set<String> kafkaNames() {
        Set<String> names = new TreeSet<>(StreamsConfig.configDef().names());
        names.addAll(ConsumerConfig.configNames());
        names.addAll(ProducerConfig.configNames());
        names.addAll(AdminClientConfig.configNames());
        return names;
    }

    /** The section's record; null when something is wrong with it, which is noted. */
    private Object bind(Class<?> section, Map<String, String> serde) {
        List<Object> arguments = new ArrayList<>();
        int before = problems.size();
        for (RecordComponent component : section.getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            if (setting == null) {
                arguments.add(serde);
                continue;
            }
            SettingsInForce.Entry entry = values.get(setting.key());
            try {
                arguments.add(Parsing.parse(component.getGenericType(), entry.value()));
            } catch (IllegalArgumentException e) {
                problems.add(entry.key() + " is '" + entry.printable() + "' (" + entry.origin() + "); it must be "
                        + e.getMessage());
            } catch (ArithmeticException e) {
                problems.add(
                        entry.key() + " is '" + entry.printable() + "' (" + entry.origin() + "); it is out of range");
            }
        }
        return problems.size() == before ? construct(section, arguments) : null;
    }

    private Object construct(Class<?> type, List<Object> arguments) {
        try {
            return type.getDeclaredConstructors()[0].newInstance(arguments.toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SettingsException wrong) {
                problems.addAll(wrong.problems());
                return null;
            }
            throw new IllegalStateException("the settings record " + type.getSimpleName() + " is broken", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the settings record " + type.getSimpleName() + " is broken", e);
        }
    }
}
