package io.patchstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.patchstream.stream.Main;
import io.patchstream.stream.settings.SettingsInForce;
import io.patchstream.stream.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code docker-compose.yml} against what it configures; no container engine is asked. */
class ComposeTest {
    private static final Set<String> SERVICE_KEYS = Set.of(
            "build",
            "cap_drop",
            "command",
            "depends_on",
            "deploy",
            "environment",
            "healthcheck",
            "image",
            "networks",
            "ports",
            "profiles",
            "pull_policy",
            "read_only",
            "restart",
            "security_opt",
            "stop_grace_period",
            "tmpfs",
            "volumes");

    private final Compose compose = Compose.read();

    /** As the image's start script does: the prefix off, lower case, {@code ___} is -, {@code __} is _, {@code _} is a dot. */
    private static Properties brokerProperties(Map<String, String> environment) {
        Properties properties = new Properties();
        environment.forEach((variable, value) -> {
            if (variable.startsWith("KAFKA_")) {
                String key = variable.substring("KAFKA_".length())
                        .toLowerCase(Locale.ROOT)
                        .replace("___", "-")
                        .replace("__", "\0")
                        .replace('_', '.')
                        .replace('\0', '_');
                properties.put(key, value);
            }
        });
        return properties;
    }

    private static void checkBroker(Map<String, String> environment) {
        Properties properties = brokerProperties(environment);
        assertThat(AbstractKafkaConfig.CONFIG_DEF.names()).containsAll(properties.stringPropertyNames());
        assertThat(new KafkaConfig(properties).brokerId()).isEqualTo(1);
    }

    @Test
    void shouldGiveTheBrokerAConfigurationThatKafkaTakes() {
        checkBroker(Compose.environment(compose.service("broker")));
    }

    @Test
    void shouldSeeABrokerConfigurationThatKafkaDoesNotTake() {
        Map<String, String> typo = new TreeMap<>(Compose.environment(compose.service("broker")));
        typo.put("KAFKA_LOG_RETENTION_HOUR", "1");
        assertThatThrownBy(() -> checkBroker(typo)).isInstanceOf(AssertionError.class);
        Map<String, String> listener = new TreeMap<>(Compose.environment(compose.service("broker")));
        listener.put("KAFKA_ADVERTISED_LISTENERS", "OUTSIDE://localhost:9092");
        assertThatThrownBy(() -> checkBroker(listener))
                .isInstanceOfAny(ConfigException.class, IllegalArgumentException.class);
    }

    @Test
    void shouldUseOnlySettingsThatThereAre() {
        ours().forEach((name, service) -> {
            SettingsInForce inForce = new SettingsLoader()
                    .environment(Compose.environment(service))
                    .load();
            assertThat(inForce.ignored()).as(name).isEmpty();
            assertThat(inForce.settings().kafka()).as(name).containsEntry("bootstrap.servers", "broker:19092");
        });
    }

    @Test
    void shouldStartVerbsThatThereAre() {
        ours().forEach((name, service) -> {
            CommandLine.ParseResult parsed = Main.commandLine()
                    .parseArgs(Compose.texts(service.path("command")).toArray(String[]::new));
            assertThat(parsed.hasSubcommand()).as(name).isTrue();
            for (String argument : Compose.texts(service.path("command"))) {
                if (argument.startsWith("/opt/patchstream/")) {
                    assertThat(Repository.ROOT.resolve(argument.substring("/opt/patchstream/".length())))
                            .exists();
                }
            }
        });
    }

    @Test
    void shouldReachEachOtherWhereTheyListen() {
        Map<String, String> broker = Compose.environment(compose.service("broker"));
        assertThat(broker.get("KAFKA_ADVERTISED_LISTENERS")).contains("INTERNAL://broker:19092");
        assertThat(broker.get("KAFKA_LISTENERS")).contains("INTERNAL://:19092");
        assertThat(Compose.environment(compose.service("registry")))
                .containsEntry("SCHEMA_REGISTRY_LISTENERS", "http://0.0.0.0:8081")
                .containsEntry("SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS", "PLAINTEXT://broker:19092");
        JsonNode scrape = Repository.yaml(Repository.ROOT.resolve("deploy/observability/prometheus/prometheus.yml"))
                .get(0)
                .path("scrape_configs")
                .get(0)
                .path("dns_sd_configs")
                .get(0);
        Map<String, String> processor = Compose.environment(compose.service("processor"));
        assertThat(scrape.path("port").asText()).isEqualTo(processor.get("PATCHSTREAM_HTTP_PORT"));
        assertThat(compose.root()
                        .path("services")
                        .has(scrape.path("names").get(0).asText()))
                .isTrue();
        assertThat(Repository.yaml(Repository.ROOT.resolve(
                                "deploy/observability/grafana/provisioning/datasources/prometheus.yml"))
                        .get(0)
                        .path("datasources")
                        .get(0)
                        .path("url")
                        .asText())
                .isEqualTo("http://prometheus:9090");
    }

    @Test
    void shouldOpenEachPortOnceAndToThisMachineAlone() {
        Set<String> taken = new HashSet<>();
        compose.services().forEach((name, service) -> {
            for (String port : Compose.texts(service.path("ports"))) {
                assertThat(port).as(name).matches("127\\.0\\.0\\.1:\\d+:\\d+");
                // The two processors stand for each other.
                assertThat(taken.add(port.split(":")[1]) || name.equals("processor-gpu"))
                        .as(name + " " + port)
                        .isTrue();
            }
        });
        assertThat(taken).contains("3000", "8080", "8081", "8090", "9090", "9092");
    }

    @Test
    void shouldNameVolumesFilesAndServicesThatThereAre() throws IOException {
        Set<String> volumes = new TreeSet<>();
        Set<String> unknown = new TreeSet<>();
        for (Map.Entry<String, JsonNode> entry : compose.services().entrySet()) {
            JsonNode service = entry.getValue();
            service.fieldNames().forEachRemaining(key -> {
                if (!SERVICE_KEYS.contains(key)) {
                    unknown.add(entry.getKey() + "." + key);
                }
            });
            for (String volume : Compose.texts(service.path("volumes"))) {
                String source = volume.split(":")[0];
                if (source.startsWith("./")) {
                    assertThat(Repository.ROOT.resolve(source)).exists();
                    assertThat(volume).endsWith(":ro");
                } else {
                    volumes.add(source);
                }
            }
            service.path("depends_on").fields().forEachRemaining(need -> {
                JsonNode other = compose.service(need.getKey());
                assertThat(need.getValue().path("condition").asText()).isEqualTo("service_healthy");
                assertThat(other.has("healthcheck")).as(need.getKey()).isTrue();
            });
            assertThat(service.path("image").asText())
                    .as(entry.getKey())
                    .matches("[a-z0-9./-]+:v?\\d+\\.\\d+(\\.\\d+)?");
            if (service.has("build")) {
                Path dockerfile = Repository.ROOT.resolve(
                        service.path("build").path("dockerfile").asText());
                assertThat(Files.readString(dockerfile))
                        .containsPattern("(?m)^FROM \\S+ AS "
                                + service.path("build").path("target").asText() + "$");
            }
        }
        Set<String> declared = new TreeSet<>();
        compose.root().path("volumes").fieldNames().forEachRemaining(declared::add);
        assertThat(volumes).isEqualTo(declared);
        assertThat(unknown).isEmpty();
    }

    @Test
    void shouldGiveOurContainersLittleAndTimeToStop() {
        ours().forEach((name, service) -> {
            assertThat(service.path("read_only").asBoolean()).as(name).isTrue();
            assertThat(Compose.texts(service.path("cap_drop"))).as(name).containsExactly("ALL");
            assertThat(Compose.texts(service.path("tmpfs")).get(0))
                    .as("natives that unpack themselves need it")
                    .contains("exec");
        });
        SettingsInForce inForce = new SettingsLoader()
                .environment(Compose.environment(compose.service("processor")))
                .load();
        long grace = Long.parseLong(
                compose.service("processor").path("stop_grace_period").asText().replace("s", ""));
        assertThat(grace)
                .isGreaterThan(inForce.settings().stream().stopTimeout().toSeconds() + 2);
    }

    private Map<String, JsonNode> ours() {
        Map<String, JsonNode> ours = new TreeMap<>(compose.services());
        ours.values().removeIf(service -> !service.path("image").asText().startsWith("patchstream/"));
        assertThat(List.copyOf(ours.keySet())).contains("processor", "processor-gpu", "camera-1");
        return ours;
    }
}
