package io.patchstream.stream.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.patchstream.stream.Main;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.Pictures;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.security.GuardedKafka.Login;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import io.patchstream.stream.topology.FakeEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs beside {@code run}, each with exactly the list of {@code acls --for} and without each of its entries. */
class VerbRightsIT {
    private static final String PASSWORD = "scram-secret-3141";

    /** More than any list has entries, so that each trial has a dead letter of its own. */
    private static final int DEAD = 14;

    @TempDir
    private static Path folder;

    private static GuardedKafka kafka;

    private record Said(int exitCode, String text) {}

    @BeforeAll
    static void answerSomeFrames() throws Exception {
        kafka = GuardedKafka.withSasl(folder);
        Map<String, String> values = SecurityIT.watching(kafka.settings("verbs", kafka.administrator()), folder);
        TopicPlan plan = new TopicPlan(Settings.of(values));
        try (Admin admin = kafka.admin()) {
            admin.createTopics(plan.all().stream().map(plan::toCreate).toList())
                    .all()
                    .get();
        }
        long now = System.currentTimeMillis();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.client(kafka.administrator()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < DEAD; i++) {
                for (String payload : List.of("picture " + i, "BAD " + i, "late " + i)) {
                    producer.send(new ProducerRecord<>(
                            "verbs.frames",
                            null,
                            payload.startsWith("late") ? now - 7_200_000 : now,
                            "door".getBytes(UTF_8),
                            payload.getBytes(UTF_8)));
                }
            }
        }
        try (FakeEngine engine = FakeEngine.instant();
                StreamProcessor processor = StreamProcessor.start(Settings.of(values), engine)) {
            processor.awaitRunning(Duration.ofMinutes(1));
            for (String topic : List.of("verbs.labels", "verbs.dead-letters", "verbs.drops")) {
                await().atMost(Duration.ofMinutes(1)).until(() -> count(topic) == DEAD);
            }
        }
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    private static long count(String topic) {
        long[] records = new long[1];
        try (Lookup lookup = Lookup.open(Settings.of(kafka.settings("verbs", kafka.administrator())))) {
            lookup.readAll(topic, record -> records[0]++);
        }
        return records[0];
    }

    private static Map<String, String> of(String user) throws Exception {
        return SecurityIT.watching(kafka.settings("verbs", kafka.scram(user, PASSWORD)), folder);
    }

    private static Said say(Map<String, String> values, List<String> verb) {
        List<String> arguments = new ArrayList<>(verb);
        values.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        StringWriter said = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(said, true));
        line.setErr(new PrintWriter(said, true));
        return new Said(line.execute(arguments.toArray(String[]::new)), said.toString());
    }

    /** What a verb is told, and what it says when it has done its work. */
    private record Trial(List<String> verb, String done) {}

    /** @param trials for each entry of the list, by its number from 1; 0 is tried with all of them */
    private static void tryWithAndWithoutEach(
            String user, String task, BiFunction<Integer, AclBinding, Trial> trials, String... more) throws Exception {
        Map<String, String> values = of(user);
        List<String> asked = new ArrayList<>(List.of("--for", task));
        asked.addAll(List.of(more));
        List<AclBinding> acls = SecurityIT.acls(values, "User:" + user, asked.toArray(String[]::new));
        assertThat(acls).hasSizeLessThan(DEAD - 1);
        try (Admin admin = kafka.admin()) {
            Trial first = trials.apply(0, acls.get(0));
            assertThat(say(values, first.verb()).exitCode()).as("without any").isNotZero();
            admin.createAcls(acls).all().get();
            Said all = say(values, first.verb());
            assertThat(all.exitCode()).as(all.text()).isZero();
            assertThat(all.text()).contains(first.done());
            for (int i = 0; i < acls.size(); i++) {
                AclBinding acl = acls.get(i);
                Trial trial = trials.apply(i + 1, acl);
                admin.deleteAcls(List.of(acl.toFilter())).all().get();
                Said without = say(values, trial.verb());
                System.out.println(task + " without " + acl.entry().operation() + " "
                        + acl.pattern().resourceType() + " " + acl.pattern().name() + ": " + without.exitCode() + " "
                        + without.text().lines().findFirst().orElse(""));
                assertThat(without.exitCode())
                        .as("without %s it says %s", acl, without.text())
                        .isNotZero();
                assertThat(without.text()).doesNotContain(trial.done());
                admin.createAcls(List.of(acl)).all().get();
                Said again = say(values, trial.verb());
                assertThat(again.exitCode()).as(again.text()).isZero();
                assertThat(again.text()).contains(trial.done());
            }
        }
    }

    @Test
    void shouldSendDeadLettersInAgainWithTheLeast() throws Exception {
        tryWithAndWithoutEach("undertaker", "dlq", (n, acl) -> {
            String place = "0:" + at(n);
            boolean readsFrames =
                    acl.pattern().name().equals("verbs.frames") && acl.entry().operation() == AclOperation.READ;
            return readsFrames
                    ? new Trial(List.of("dlq", "show", place), "still there, the same bytes")
                    : new Trial(List.of("dlq", "replay", "--at", place), "1 sent in again, 0 were");
        });
    }

    /** The n-th dead letter's offset: the broker's log has others between them, the transactions' ends. */
    private static long at(int n) {
        List<Long> offsets = new ArrayList<>();
        try (Lookup lookup = Lookup.open(Settings.of(kafka.settings("verbs", kafka.administrator())))) {
            lookup.readAll("verbs.dead-letters", record -> offsets.add(record.offset()));
        }
        return offsets.get(n);
    }

    @Test
    void shouldCheckTheLedgerWithTheLeast() throws Exception {
        // What the other test sends in again is in flight for ever, and not missing.
        tryWithAndWithoutEach(
                "auditor",
                "ledger",
                (n, acl) ->
                        new Trial(List.of("ledger", "check"), "alarms 1; each once, and of a picture with a label"));
    }

    @Test
    void shouldWriteTheLedgerWithTheLeast() throws Exception {
        try (Admin admin = kafka.admin()) {
            // Not compacted, so that it can be emptied: without an entry there is always something to write.
            admin.createTopics(List.of(new NewTopic("verbs.ledger", 1, (short) 1)))
                    .all()
                    .get();
            List<String> verb = List.of("ledger", "write", "--ledger", "verbs.ledger");
            tryWithAndWithoutEach(
                    "bookkeeper",
                    "ledger-write",
                    (n, acl) -> {
                        withoutAnEntry(admin);
                        return new Trial(verb, "1 entries written to verbs.ledger");
                    },
                    "--ledger",
                    "verbs.ledger");
            assertThat(count("verbs.ledger")).isEqualTo(2);
        }
    }

    /** What is left is a tombstone: a log without any record is not read, and needs no Read. */
    private static void withoutAnEntry(Admin admin) {
        Map<TopicPartition, RecordsToDelete> all =
                Map.of(new TopicPartition("verbs.ledger", 0), RecordsToDelete.beforeOffset(-1));
        Lookup.await(admin.deleteRecords(all).all(), "emptying the ledger");
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.client(kafka.administrator()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("verbs.ledger", "none".getBytes(UTF_8), null));
        }
    }

    @Test
    void shouldReadLabelsInAGroupWithTheLeast() throws Exception {
        Login login = kafka.scram("viewer", PASSWORD);
        List<AclBinding> acls =
                SecurityIT.acls(kafka.settings("verbs", login), "User:viewer", "--for", "labels", "--group", "report");
        assertThat(acls).hasSize(2);
        try (Admin admin = kafka.admin()) {
            assertThatThrownBy(() -> readLabels(login, "report")).isInstanceOf(AuthorizationException.class);
            admin.createAcls(acls).all().get();
            assertThat(readLabels(login, "report")).isEqualTo(DEAD);
            assertThatThrownBy(() -> readLabels(login, "another"))
                    .as("a group that it was not told of")
                    .isInstanceOf(GroupAuthorizationException.class);
            for (AclBinding acl : acls) {
                admin.deleteAcls(List.of(acl.toFilter())).all().get();
                assertThatThrownBy(() -> readLabels(login, "report"))
                        .as("without %s", acl)
                        .isInstanceOf(
                                acl.pattern().resourceType() == ResourceType.GROUP
                                        ? GroupAuthorizationException.class
                                        : TopicAuthorizationException.class);
                admin.createAcls(List.of(acl)).all().get();
                assertThat(readLabels(login, "report")).isEqualTo(DEAD);
            }
        }
    }

    /** From the beginning, with the group's offsets committed at the end. */
    private static int readLabels(Login login, String group) {
        Map<String, Object> config = kafka.client(login);
        config.put("group.id", group);
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", "false");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("verbs.labels"), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    consumer.seekToBeginning(partitions);
                }
            });
            int read = 0;
            long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
            while (read < DEAD && System.nanoTime() < deadline) {
                read += consumer.poll(Duration.ofMillis(200)).count();
            }
            consumer.commitSync();
            return read;
        }
    }

    /** It ends at an alarm that is refused: so it is seen to have read one. */
    @Test
    void shouldTellAWebhookWithTheLeast() throws Exception {
        Map<String, String> values = of("bell");
        List<AclBinding> acls = SecurityIT.acls(values, "User:bell", "--for", "alarms");
        assertThat(acls).hasSize(2);
        AtomicInteger told = new AtomicInteger();
        HttpServer receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                told.incrementAndGet();
                exchange.sendResponseHeaders(404, -1);
            }
        });
        receiver.start();
        List<String> verb = List.of(
                "rules",
                "webhook",
                "--to",
                "http://127.0.0.1:" + receiver.getAddress().getPort());
        try (Admin admin = kafka.admin()) {
            assertThat(say(values, verb).exitCode()).as("without any").isNotZero();
            assertThat(told.get()).isZero();
            admin.createAcls(acls).all().get();
            assertThat(say(values, verb).text()).contains("the webhook refuses alarm ");
            assertThat(told.get()).isOne();
            for (AclBinding acl : acls) {
                admin.deleteAcls(List.of(acl.toFilter())).all().get();
                Said without = say(values, verb);
                System.out.println("alarms without " + acl.entry().operation() + " "
                        + acl.pattern().resourceType() + " " + acl.pattern().name() + ": " + without.exitCode() + " "
                        + without.text().lines().findFirst().orElse(""));
                assertThat(without.exitCode()).as("without %s", acl).isNotZero();
                assertThat(without.text()).doesNotContain("the webhook refuses alarm ");
                assertThat(told.get()).as("without %s", acl).isOne();
                admin.createAcls(List.of(acl)).all().get();
            }
            assertThat(say(values, verb).text()).contains("the webhook refuses alarm ");
            assertThat(told.get()).isEqualTo(2);
        } finally {
            receiver.stop(0);
        }
    }

    @Test
    void shouldIngestWithTheLeast() throws Exception {
        Path picture = Files.write(folder.resolve("picture.jpg"), Pictures.jpeg(7));
        Map<String, String> values = kafka.settings("ingested", kafka.administrator());
        try (Admin admin = kafka.admin()) {
            TopicPlan plan = new TopicPlan(Settings.of(values));
            admin.createTopics(plan.inputs().stream().map(plan::toCreate).toList())
                    .all()
                    .get();
            Map<String, String> own = kafka.settings("ingested", kafka.scram("camera", PASSWORD));
            List<String> verb = List.of("ingest", "--source", picture.toString(), "--camera", "door", "--unpaced");
            List<AclBinding> acls = SecurityIT.acls(own, "User:camera", "--for", "ingest");
            assertThat(acls).hasSize(1);
            assertThat(say(own, verb).exitCode()).isNotZero();
            assertThat(count("ingested.frames")).isZero();
            admin.createAcls(acls).all().get();
            Said said = say(own, verb);
            assertThat(said.exitCode()).as(said.text()).isZero();
            assertThat(count("ingested.frames")).isOne();
        }
    }
}
