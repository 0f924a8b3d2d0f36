package io.patchstream.stream.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.local.registry.BasicCredentials;
import io.patchstream.local.registry.SchemaRegistryServer;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.security.GuardedKafka.Login;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import io.patchstream.stream.topology.FakeEngine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs of {@code examples/python} and {@code examples/node} read the labels that a processor wrote, over SCRAM-SHA-512
 * and TLS, with a registry behind TLS and a password: they must tell what the Java client tells. Profile {@code clients}.
 */
class ClientsIT {
    private static final int LABELS = 200;
    private static final String PASSWORD = "reader-secret-5772";
    private static final String REGISTRY = "registry-secret-1618";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static GuardedKafka kafka;
    private static SchemaRegistryServer registry;
    private static Login reader;
    private static List<Told> expected;

    /** A label, as each program prints it. */
    private record Told(
            String camera, String frame, long capturedAtMicros, String label, double probability, long offset) {}

    @BeforeAll
    static void label() throws Exception {
        kafka = GuardedKafka.withSasl(folder);
        registry = SchemaRegistryServer.start(
                new InetSocketAddress("127.0.0.1", 0),
                Optional.empty(),
                Optional.of(new BasicCredentials("reader", REGISTRY)),
                Optional.of(Keys.context(kafka.keys().signed("registry"))));
        reader = kafka.scram("reader", PASSWORD);
        Map<String, String> values = kafka.settings("clients", kafka.administrator());
        values.put("schema.registry.url", registry.url());
        values.put("schema.registry.ssl.truststore.type", "PEM");
        values.put(
                "schema.registry.ssl.truststore.location",
                kafka.keys().trusted().toString());
        values.put("basic.auth.credentials.source", "USER_INFO");
        values.put("basic.auth.user.info", "reader:" + REGISTRY);
        Settings settings = Settings.of(values);
        TopicPlan plan = new TopicPlan(settings);
        try (Admin admin = kafka.admin()) {
            admin.createTopics(plan.ofRun().stream().map(plan::toCreate).toList())
                    .all()
                    .get();
            List<AclBinding> acls = new ArrayList<>();
            acls.add(mayRead(ResourceType.TOPIC, "clients.labels"));
            for (String group : List.of("python", "node", "no-password")) {
                acls.add(mayRead(ResourceType.GROUP, group));
            }
            admin.createAcls(acls).all().get();
        }
        takeBack();
        sendFrames();
        try (FakeEngine engine = FakeEngine.instant();
                StreamProcessor processor = StreamProcessor.start(settings, engine)) {
            processor.awaitRunning(Duration.ofMinutes(1));
            await().atMost(Duration.ofMinutes(2)).until(() -> read(settings).size() == LABELS);
        }
        expected = read(settings);
    }

    private static AclBinding mayRead(ResourceType type, String name) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:reader", "*", AclOperation.READ, AclPermissionType.ALLOW));
    }

    /** Bytes that no client can read, in a transaction that is aborted: who reads them was told what never was. */
    private static void takeBack() {
        Map<String, Object> config = kafka.client(kafka.administrator());
        config.put("transactional.id", "regrets");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("clients.labels", "door".getBytes(UTF_8), "taken back".getBytes(UTF_8)));
            producer.flush();
            producer.abortTransaction();
        }
    }

    private static void sendFrames() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.client(kafka.administrator()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < LABELS; i++) {
                producer.send(new ProducerRecord<>(
                        "clients.frames", ("camera-" + i % 3).getBytes(UTF_8), ("picture " + i).getBytes(UTF_8)));
            }
        }
    }

    private static List<Told> read(Settings settings) {
        List<Told> labels = new ArrayList<>();
        try (AvroDeserializer<Classification> deserializer = new AvroDeserializer<>(Classification.class);
                Lookup lookup = Lookup.open(settings)) {
            deserializer.configure(settings.serde().config(), false);
            lookup.readAll("clients.labels", record -> {
                Classification label = deserializer.deserialize(record.topic(), record.value());
                labels.add(new Told(
                        new String(record.key(), UTF_8),
                        label.getFrameId(),
                        ChronoUnit.MICROS.between(Instant.EPOCH, label.getCapturedAt()),
                        label.getTopK().get(0).getLabel(),
                        rounded(label.getTopK().get(0).getProbability()),
                        label.getLineage().getSourceOffset()));
            });
        }
        return labels;
    }

    private static double rounded(double probability) {
        return Math.round(probability * 1e6) / 1e6;
    }

    @AfterAll
    static void stop() throws IOException {
        registry.close();
        kafka.close();
    }

    private static Map<String, Object> python(String password) {
        return Map.of(
                "topic", "clients.labels",
                "kafka", librdkafka(password),
                "registry",
                        Map.of(
                                "url", registry.url(),
                                "ssl.ca.location", kafka.keys().trusted().toString(),
                                "basic.auth.user.info", "reader:" + REGISTRY));
    }

    private static Map<String, Object> librdkafka(String password) {
        return Map.of(
                "bootstrap.servers",
                kafka.client(reader).get("bootstrap.servers"),
                "group.id",
                password.equals(PASSWORD) ? "python" : "no-password",
                "security.protocol",
                "SASL_SSL",
                "ssl.ca.location",
                kafka.keys().trusted().toString(),
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.username",
                "reader",
                "sasl.password",
                password);
    }

    private static Map<String, Object> node(String password) {
        return Map.of(
                "topic",
                "clients.labels",
                "group",
                password.equals(PASSWORD) ? "node" : "no-password",
                "ca",
                kafka.keys().trusted().toString(),
                "registry",
                Map.of("url", registry.url(), "auth", "reader:" + REGISTRY),
                "kafka",
                Map.of(
                        "clientId", "example",
                        "brokers", List.of(kafka.client(reader).get("bootstrap.servers")),
                        "retry", Map.of("retries", password.equals(PASSWORD) ? 5 : 0),
                        "sasl", Map.of("mechanism", "scram-sha-512", "username", "reader", "password", password)));
    }

    @Test
    void shouldReadLabelsInPython() throws Exception {
        assertThat(told(runPython(python(PASSWORD), true))).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldReadLabelsInNode() throws Exception {
        assertThat(told(runNode(node(PASSWORD), true))).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** That the broker asks at all. */
    @Test
    void shouldRefuseNodeWithAnotherPassword() throws Exception {
        assertThat(runNode(node("wrong"), false)).noneMatch(line -> line.startsWith("{"));
    }

    private List<String> runPython(Map<String, Object> config, boolean succeeds) throws Exception {
        String python = System.getProperty("clients.python", "python3");
        assumeTrue(
                exitCode(List.of(python, "-c", "import confluent_kafka.schema_registry.avro"), Path.of(".")) == 0,
                () -> python + " has no confluent-kafka: pip install -r examples/python/requirements.txt");
        return run(List.of(python, "../examples/python/labels.py"), config, succeeds);
    }

    private List<String> runNode(Map<String, Object> config, boolean succeeds) throws Exception {
        String node = System.getProperty("clients.node", "node");
        assumeTrue(
                exitCode(List.of(node, "--eval", "require('kafkajs'), require('avsc')"), Path.of("../examples/node"))
                        == 0,
                () -> node + " finds no kafkajs: npm ci in examples/node");
        return run(List.of(node, "../examples/node/labels.mjs"), config, succeeds);
    }

    private static int exitCode(List<String> command, Path where) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .directory(where.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    private static List<String> run(List<String> program, Map<String, Object> config, boolean succeeds)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile(folder, "client", ".json");
        JSON.writeValue(file.toFile(), new HashMap<>(config));
        Path out = Files.createTempFile(folder, "labels", ".jsonl");
        Path err = Files.createTempFile(folder, "labels", ".log");
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(file.toString(), Integer.toString(LABELS)));
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES))
                    .as(() -> read(out) + read(err))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue() == 0).as(() -> read(out) + read(err)).isEqualTo(succeeds);
        System.out.printf("%s: %.1f s%n", String.join(" ", program), (System.nanoTime() - start) / 1e9);
        return Files.readAllLines(out);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static List<Told> told(List<String> lines) throws IOException {
        List<Told> labels = new ArrayList<>();
        for (String line : lines) {
            JsonNode label = JSON.readTree(line);
            JsonNode at = label.get("captured_at");
            labels.add(new Told(
                    label.get("camera").asText(),
                    label.get("frame").asText(),
                    at.isNumber()
                            ? at.asLong()
                            : ChronoUnit.MICROS.between(
                                    Instant.EPOCH,
                                    java.time.OffsetDateTime.parse(at.asText()).toInstant()),
                    label.get("label").asText(),
                    rounded(label.get("probability").asDouble()),
                    label.get("source_offset").asLong()));
        }
        return labels;
    }
}
