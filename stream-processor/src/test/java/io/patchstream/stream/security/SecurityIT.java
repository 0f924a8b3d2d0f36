package io.patchstream.stream.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.Main;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.security.GuardedKafka.Login;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import io.patchstream.stream.topology.FakeEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A processor on a broker that allows nothing but what it is told to: exactly the list of {@code acls}, no more, no less. */
class SecurityIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String SCRAM_PASSWORD = "scram-secret-3141";

    @TempDir
    private static Path folder;

    @TempDir
    private Path secrets;

    private static GuardedKafka kafka;
    private static int sent;

    @BeforeAll
    static void startBroker() throws Exception {
        kafka = GuardedKafka.withSasl(folder);
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    /** What {@code acls --json} prints, as Kafka takes it. */
    static List<AclBinding> acls(Map<String, String> values, String principal, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("acls", "--json", "--principal", principal));
        arguments.addAll(List.of(more));
        values.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        assertThat(line.execute(arguments.toArray(String[]::new))).isZero();
        List<AclBinding> acls = new ArrayList<>();
        for (JsonNode acl : new ObjectMapper().readTree(out.toString())) {
            acls.add(new AclBinding(
                    new ResourcePattern(
                            ResourceType.fromString(acl.get("resource_type").asText()),
                            acl.get("name").asText(),
                            PatternType.fromString(
                                    acl.get("pattern_type").asText().toUpperCase(Locale.ROOT))),
                    new AccessControlEntry(
                            acl.get("principal").asText(),
                            acl.get("host").asText(),
                            AclOperation.fromString(acl.get("operation").asText()),
                            AclPermissionType.ALLOW)));
        }
        return acls;
    }

    static void makeTopics(GuardedKafka broker, Map<String, String> values) throws Exception {
        TopicPlan plan = new TopicPlan(Settings.of(values));
        try (Admin admin = broker.admin()) {
            admin.createTopics(plan.ofRun().stream().map(plan::toCreate).toList())
                    .all()
                    .get();
        }
    }

    /** One frame that is labelled, one that dies, one that is too late. */
    static void send(GuardedKafka broker, Map<String, String> values) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                broker.client(broker.administrator()), new ByteArraySerializer(), new ByteArraySerializer())) {
            long now = System.currentTimeMillis();
            for (String payload : List.of("picture " + sent, "BAD " + sent, "late " + sent)) {
                producer.send(new ProducerRecord<>(
                                values.get("input.topics"),
                                null,
                                payload.startsWith("late") ? now - 7_200_000 : now,
                                "door".getBytes(UTF_8),
                                payload.getBytes(UTF_8)))
                        .get();
            }
            sent++;
        }
    }

    private static long count(GuardedKafka broker, Map<String, String> values, String topic) {
        Map<String, String> asAdmin = broker.settings(values.get("application.id"), broker.administrator());
        long[] records = new long[1];
        try (Lookup lookup = Lookup.open(Settings.of(asAdmin))) {
            lookup.readAll(values.get(topic), record -> records[0]++);
        }
        return records[0];
    }

    /** Runs until everything that was sent has its answer, or the processor fails: why. */
    static Optional<Throwable> run(GuardedKafka broker, Map<String, String> values, long expected) throws Exception {
        try (FakeEngine engine = FakeEngine.instant();
                StreamProcessor processor = StreamProcessor.start(Settings.of(values), engine)) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < deadline) {
                if (processor.state() == org.apache.kafka.streams.KafkaStreams.State.ERROR) {
                    return processor.awaitStopped();
                }
                if (count(broker, values, "output.labels") >= expected
                        && count(broker, values, "output.embeddings") >= expected
                        && count(broker, values, "output.dead-letters") >= expected
                        && count(broker, values, "output.drops") >= expected) {
                    return Optional.empty();
                }
            }
            return Optional.of(new IllegalStateException("neither answered nor failed"));
        } catch (ProcessorFailedException e) {
            return Optional.of(e);
        }
    }

    @Test
    void shouldRunWithTheLeastAndNotWithoutAnyOfIt() throws Exception {
        Login login = kafka.scram("eye", SCRAM_PASSWORD);
        Map<String, String> values = kafka.settings("guarded", login);
        Path file = GuardedKafka.secret(secrets, "password", SCRAM_PASSWORD);
        values.put(
                "kafka.sasl.jaas.config",
                GuardedKafka.jaas("scram.ScramLoginModule", "eye", "${file:" + file + ":password}"));
        values.put("input.overload", "drop-late");
        values.put("input.max.age", "1h");
        makeTopics(kafka, values);
        List<AclBinding> acls = acls(values, "User:eye");
        assertThat(acls).hasSize(7);
        int answered = 0;
        try (Admin admin = kafka.admin()) {
            send(kafka, values);
            assertThat(run(kafka, values, 1)).as("without any").isPresent();
            assertThat(count(kafka, values, "output.labels")).isZero();

            admin.createAcls(acls).all().get();
            assertThat(run(kafka, values, ++answered)).as("with all of it").isEmpty();

            for (AclBinding acl : acls) {
                admin.deleteAcls(List.of(acl.toFilter())).all().get();
                send(kafka, values);
                Optional<Throwable> failure = run(kafka, values, answered + 1);
                assertThat(failure).as("without %s", acl).isPresent();
                assertThat(failure.get()).as("without %s", acl).isNotInstanceOf(IllegalStateException.class);
                assertThat(count(kafka, values, "output.labels"))
                        .as("without %s", acl)
                        .isEqualTo(answered);
                System.out.println("without " + acl.entry().operation() + " "
                        + acl.pattern().resourceType() + " "
                        + acl.pattern().name() + ": "
                        + failure.get().getMessage().lines().findFirst().orElse(""));
                if (acl.pattern().resourceType() == ResourceType.TOPIC) {
                    // The check at the start is satisfied with Describe: then the work itself must fail.
                    AclBinding describe = new AclBinding(
                            acl.pattern(),
                            new AccessControlEntry("User:eye", "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW));
                    admin.createAcls(List.of(describe)).all().get();
                    assertThat(run(kafka, values, answered + 1))
                            .as("with Describe instead of %s", acl)
                            .get()
                            .isNotInstanceOf(IllegalStateException.class)
                            .isNotInstanceOf(ProcessorFailedException.class);
                    // Frames before the one that could not be answered are answered, and stay so.
                    String key = values.entrySet().stream()
                            .filter(entry ->
                                    entry.getValue().equals(acl.pattern().name()))
                            .map(Map.Entry::getKey)
                            .filter(name -> name.startsWith("output."))
                            .findFirst()
                            .orElse("output.labels");
                    assertThat(count(kafka, values, key))
                            .as("with Describe instead of %s", acl)
                            .isEqualTo(answered);
                    admin.deleteAcls(List.of(describe.toFilter())).all().get();
                }
                admin.createAcls(List.of(acl)).all().get();
                assertThat(run(kafka, values, ++answered))
                        .as("with %s again", acl)
                        .isEmpty();
            }
        }
    }

    /** Settings whose first picture is uncertain, and raises an alarm. */
    static Map<String, String> watching(Map<String, String> settings, Path folder) throws Exception {
        Map<String, String> values = new HashMap<>(settings);
        String name = values.get("application.id");
        values.put("input.overload", "drop-late");
        values.put("input.max.age", "1h");
        values.put("uncertain.probability", "0.8");
        values.put("output.uncertain", name + ".uncertain");
        values.put("output.alarms", name + ".alarms");
        values.put("state.dir", folder.resolve(name).toString());
        values.put(
                "rules.file",
                Files.writeString(folder.resolve(name + ".rules"), "rule.any.labels=cat, dog, fish\n")
                        .toString());
        return values;
    }

    /** Each time another application, since changelogs are made only once. */
    @Test
    void shouldWatchLabelsWithTheLeastAndNotWithoutAnyOfIt() throws Exception {
        Login login = kafka.scram("watcher", SCRAM_PASSWORD);
        Map<String, String> values = watching(kafka.settings("watching", login), secrets);
        makeTopics(kafka, values);
        List<AclBinding> all = acls(values, "User:watcher");
        assertThat(all).hasSize(15);
        try (Admin admin = kafka.admin()) {
            admin.createAcls(all).all().get();
            send(kafka, values);
            assertThat(run(kafka, values, 1)).as("with all of it").isEmpty();
            assertThat(count(kafka, values, "output.uncertain")).isEqualTo(1);
            assertThat(count(kafka, values, "output.alarms")).isEqualTo(1);

            for (int i = 0; i < all.size(); i++) {
                if (!all.get(i).pattern().name().matches("watching(.*-changelog|\\.uncertain|\\.alarms)")) {
                    continue;
                }
                Map<String, String> other = watching(kafka.settings("watching" + i, login), secrets);
                makeTopics(kafka, other);
                List<AclBinding> but = acls(other, "User:watcher");
                AclBinding lacked = but.remove(i);
                admin.createAcls(but).all().get();
                int answered = 0;
                if (lacked.entry().operation() == AclOperation.READ) {
                    // What nothing was written to is not read.
                    admin.createAcls(List.of(lacked)).all().get();
                    send(kafka, other);
                    assertThat(run(kafka, other, ++answered)).isEmpty();
                    admin.deleteAcls(List.of(lacked.toFilter())).all().get();
                }
                send(kafka, other);
                Optional<Throwable> failure = run(kafka, other, answered + 1);
                System.out.println("without " + lacked.entry().operation() + " "
                        + lacked.pattern().name() + ": "
                        + failure.map(Throwable::getMessage).orElse("nothing"));
                assertThat(failure).as("without %s", lacked).isPresent();
                assertThat(count(kafka, other, "output.labels"))
                        .as("without %s", lacked)
                        .isEqualTo(answered);
            }
        }
    }

    @Test
    void shouldTakePlainAndRefuseAWrongPassword() throws Exception {
        Map<String, String> values = kafka.settings("plain-guarded", kafka.plain("plain", "plain-secret-2718"));
        values.put("input.overload", "drop-late");
        values.put("input.max.age", "1h");
        makeTopics(kafka, values);
        try (Admin admin = kafka.admin()) {
            admin.createAcls(acls(values, "User:plain")).all().get();
        }
        send(kafka, values);
        assertThat(run(kafka, values, 1)).isEmpty();

        Map<String, String> wrong = kafka.settings("plain-guarded", kafka.plain("plain", "wrong"));
        try (FakeEngine engine = FakeEngine.instant()) {
            assertThatThrownBy(() -> StreamProcessor.start(Settings.of(wrong), engine))
                    .isInstanceOf(ProcessorFailedException.class)
                    .hasRootCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void shouldKnowAProcessorByItsCertificate(@TempDir Path keys) throws Exception {
        try (GuardedKafka certified = GuardedKafka.withCertificates(keys)) {
            Map<String, String> values = certified.settings("certified", certified.certificate("eye"));
            values.put("input.overload", "drop-late");
            values.put("input.max.age", "1h");
            makeTopics(certified, values);
            send(certified, values);
            assertThat(run(certified, values, 1)).as("without ACLs").isPresent();
            try (Admin admin = certified.admin()) {
                admin.createAcls(acls(values, "User:CN=eye")).all().get();
            }
            assertThat(run(certified, values, 1)).isEmpty();
        }
    }

    @Test
    void shouldNameEachRightThatIsLackedAndNoOther() throws Exception {
        Map<String, String> values = kafka.settings("sick", kafka.scram("patient", SCRAM_PASSWORD));
        values.put("model", "src/test/resources/models/tiny-fp32.onnx");
        makeTopics(kafka, values);
        List<AclBinding> acls = acls(values, "User:patient");
        try (Admin admin = kafka.admin()) {
            assertThat(lacks(values)).hasSize(acls.size());
            admin.createAcls(acls).all().get();
            assertThat(lacks(values)).isEmpty();
            for (AclBinding acl : acls) {
                admin.deleteAcls(List.of(acl.toFilter())).all().get();
                assertThat(lacks(values))
                        .singleElement(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                        .contains("User:patient lacks " + acl.entry().operation() + " on "
                                + acl.pattern().resourceType() + " "
                                + acl.pattern().name());
                admin.createAcls(List.of(acl)).all().get();
            }
            // With members or offsets the broker itself says what may be done with a group.
            send(kafka, values);
            values.put("input.overload", "drop-late");
            values.put("input.max.age", "1h");
            assertThat(run(kafka, values, 1)).isEmpty();
            assertThat(lacks(values)).isEmpty();
            AclBinding group = acls.get(5);
            admin.deleteAcls(List.of(group.toFilter())).all().get();
            assertThat(lacks(values)).hasSize(1);
        }
    }

    /** What doctor says of rights that are lacked. */
    private static List<String> lacks(Map<String, String> values) {
        List<String> arguments = new ArrayList<>(List.of("doctor", "--principal", "User:patient"));
        values.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(out, true));
        line.execute(arguments.toArray(String[]::new));
        assertThat(out.toString()).contains("ok    broker").doesNotContain(SCRAM_PASSWORD);
        return out.toString()
                .lines()
                .filter(text -> text.startsWith("fail  acl "))
                .toList();
    }
}
