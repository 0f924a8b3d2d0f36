package io.patchstream.stream.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.local.registry.BasicCredentials;
import io.patchstream.local.registry.SchemaRegistryServer;
import io.patchstream.stream.Main;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.Pictures;
import io.patchstream.stream.operate.Jvm;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A processor of its own process, with secrets for broker and registry from files and the environment, everything that logs
 * at DEBUG: none of them may be in what it said, nor in what the other verbs print.
 */
class SecretsInLogsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SCRAM = "scram-secret-3141";
    private static final String REGISTRY = "registry-secret-1618";

    /** As it goes over the wire. */
    private static final String REGISTRY_HEADER =
            Base64.getEncoder().encodeToString(("reader:" + REGISTRY).getBytes(UTF_8));

    @TempDir
    private Path folder;

    @Test
    void shouldLabelOverTlsOnBothSidesAndSayNoSecret() throws Exception {
        try (GuardedKafka kafka = GuardedKafka.withSasl(folder);
                SchemaRegistryServer registry = SchemaRegistryServer.start(
                        new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0),
                        Optional.empty(),
                        Optional.of(new BasicCredentials("reader", REGISTRY)),
                        Optional.of(Keys.context(kafka.keys().signed("registry"))))) {
            Map<String, String> values = kafka.settings("silent", kafka.scram("admin2", SCRAM));
            values.put("schema.registry.url", registry.url());
            values.put("schema.registry.ssl.truststore.type", "PEM");
            values.put(
                    "schema.registry.ssl.truststore.location",
                    kafka.keys().trusted().toString());
            values.put("basic.auth.credentials.source", "USER_INFO");
            values.put("basic.auth.user.info", "reader:${env:REGISTRY_PASSWORD}");
            values.put("model", "src/test/resources/models/tiny-fp32.onnx");
            Path file = GuardedKafka.secret(folder, "password", SCRAM);
            values.put(
                    "kafka.sasl.jaas.config",
                    GuardedKafka.jaas("scram.ScramLoginModule", "admin2", "${file:" + file + ":password}"));
            TopicPlan plan = new TopicPlan(Settings.of(kafka.settings("silent", kafka.administrator())));
            try (Admin admin = kafka.admin()) {
                admin.createTopics(plan.ofRun().stream().map(plan::toCreate).toList())
                        .all()
                        .get();
                admin.createAcls(SecurityIT.acls(kafka.settings("silent", kafka.administrator()), "User:admin2"))
                        .all()
                        .get();
            }
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    kafka.client(kafka.administrator()), new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>("silent.frames", "door".getBytes(UTF_8), Pictures.jpeg(7)))
                        .get();
            }

            Path log = folder.resolve("run.log");
            Process run = start(values, log, "run");
            try {
                await().atMost(PATIENCE).until(() -> !run.isAlive() || labels(kafka) == 1);
                assertThat(labels(kafka)).as(() -> "it said:\n" + tail(log)).isEqualTo(1);
            } finally {
                run.destroy();
                assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
            saysNoSecret(log);
            assertThat(Files.readString(log)).contains(" DEBUG ").contains("org.apache.kafka.clients");

            for (String verb : List.of("settings", "doctor")) {
                Path said = folder.resolve(verb + ".log");
                assertThat(start(values, said, verb).waitFor(2, TimeUnit.MINUTES))
                        .isTrue();
                assertThat(Files.readString(said)).contains("silent");
                saysNoSecret(said);
            }
        }
    }

    private static void saysNoSecret(Path log) throws IOException {
        String said = Files.readString(log);
        for (String secret : List.of(SCRAM, REGISTRY, REGISTRY_HEADER)) {
            // Not by containment, which would print the log, secrets and all.
            assertThat(said.contains(secret)).as(secret + " in " + log).isFalse();
        }
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static long labels(GuardedKafka kafka) {
        long[] labels = new long[1];
        try (Lookup lookup = Lookup.open(Settings.of(kafka.settings("silent", kafka.administrator())))) {
            lookup.readAll("silent.labels", record -> labels[0]++);
        }
        return labels[0];
    }

    private Process start(Map<String, String> values, Path log, String verb) throws IOException {
        Path config = folder.resolve("patchstream.properties");
        Properties properties = new Properties();
        properties.putAll(values);
        try (var writer = Files.newBufferedWriter(config)) {
            properties.store(writer, null);
        }
        Path logback = Files.writeString(folder.resolve("logback.xml"), """
                <configuration>
                  <appender name="all" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d %-5level %logger %msg %kvp%n</pattern></encoder>
                  </appender>
                  <root level="DEBUG"><appender-ref ref="all"/></root>
                </configuration>
                """);
        ProcessBuilder builder = Jvm.of(
                log,
                "-Xmx384m",
                "-Dlogback.configurationFile=" + logback,
                Main.class.getName(),
                verb,
                "--config",
                config.toString());
        builder.environment().put("REGISTRY_PASSWORD", REGISTRY);
        return builder.start();
    }
}
