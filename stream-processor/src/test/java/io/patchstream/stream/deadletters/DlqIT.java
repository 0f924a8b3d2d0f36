package io.patchstream.stream.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.Main;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.Stage;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.operate.Jvm;
import io.patchstream.stream.publish.DeadLetters;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import io.patchstream.stream.topology.FakeEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Dead letters on a real broker: each is sent in again once, whoever is killed when. */
@ExtendWith(RealKafka.class)
class DlqIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long BORN = System.currentTimeMillis() - 3_600_000;

    @TempDir
    private Path folder;

    /** What a verb said, and its exit code. */
    private record Said(int exitCode, String text) {}

    private static Said dlq(Map<String, String> values, String... arguments) {
        List<String> all = new ArrayList<>(List.of("dlq"));
        all.addAll(List.of(arguments));
        values.forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(out, true));
        return new Said(line.execute(all.toArray(String[]::new)), out.toString());
    }

    private static Map<String, String> topics(RealKafka.Broker broker, String test) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings(test));
        values.put("topics.partitions", "2");
        values.put("input.format", "image");
        TopicPlan plan = new TopicPlan(Settings.of(values));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            admin.createTopics(plan.ofRun().stream().map(plan::toCreate).toList())
                    .all()
                    .get();
        }
        return values;
    }

    private static KafkaProducer<byte[], byte[]> producer(RealKafka.Broker broker, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", broker.bootstrapServers());
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(Map<String, String> values, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Lookup lookup = Lookup.open(Settings.of(values))) {
            lookup.readAll(topic, records::add);
        }
        return records;
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
        return new String(record.headers().lastHeader(header).value(), UTF_8);
    }

    /** Dead letters as a processor writes them, of frames that need not exist. */
    private static void bury(
            RealKafka.Broker broker, Map<String, String> values, String source, int letters, int attempts)
            throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(broker, Map.of())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < letters; i++) {
                Headers headers = new RecordHeaders().add("traceparent", ("00-" + i).getBytes(UTF_8));
                if (attempts > 0) {
                    headers.add(DeadLetter.ATTEMPTS, Integer.toString(attempts).getBytes(UTF_8));
                }
                headers = DeadLetters.headers(
                        headers,
                        header -> true,
                        new SourcePosition(source, i % 2, i),
                        new Rejected(Stage.DECODE, i % 4 == 0 ? "TRUNCATED" : "JPEG", "picture " + i + " is broken"),
                        "abc");
                sent.add(producer.send(new ProducerRecord<>(
                        values.get("output.dead-letters"),
                        i % 2,
                        BORN + i,
                        ("camera-" + i % 3).getBytes(UTF_8),
                        ("picture " + i).getBytes(UTF_8),
                        headers)));
                if (i < 2) {
                    // A new partition without a leader can refuse the first batch for good and take the second.
                    sent.get(i).get();
                }
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        }
    }

    @Test
    void shouldSendInAgainOnceAndRefuseWhatDiesEachTime(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = topics(broker, "dlq-loop");
        String frames = values.get("input.topics");
        try (FakeEngine engine = FakeEngine.instant();
                StreamProcessor processor = StreamProcessor.start(Settings.of(values), engine);
                KafkaProducer<byte[], byte[]> cameras = producer(broker, Map.of())) {
            processor.awaitRunning(PATIENCE);
            for (int i = 0; i < 20; i++) {
                String payload = i % 5 == 0 ? "BAD " + i : "picture " + i;
                cameras.send(new ProducerRecord<>(
                        frames, i % 2, BORN + i, ("camera-" + i % 3).getBytes(UTF_8), payload.getBytes(UTF_8)));
            }
            cameras.flush();
            String deadLetters = values.get("output.dead-letters");
            await().atMost(PATIENCE).until(() -> read(values, deadLetters).size() == 4);

            Said dry = dlq(values, "replay", "--dry-run");
            assertThat(dry.text()).contains("4 would be sent in again, 0 were before, 0 refused");
            assertThat(read(values, frames)).hasSize(20);

            Said first = dlq(values, "replay", "--max-attempts", "1");
            assertThat(first.exitCode()).as(first.text()).isZero();
            assertThat(first.text()).contains("4 sent in again, 0 were before, 0 refused");
            await().atMost(PATIENCE).until(() -> read(values, deadLetters).size() == 8);

            Said second = dlq(values, "replay", "--max-attempts", "1");
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.text())
                    .contains("0 sent in again, 4 were before, 4 refused")
                    .contains("is refused: it was sent in again 1 times and died each time (");

            List<ConsumerRecord<byte[], byte[]>> all = read(values, frames);
            assertThat(all).hasSize(24);
            List<ConsumerRecord<byte[], byte[]>> again = all.stream()
                    .filter(record -> record.headers().lastHeader(DeadLetter.ATTEMPTS) != null)
                    .toList();
            assertThat(again).hasSize(4).allSatisfy(record -> {
                String payload = new String(record.value(), UTF_8);
                int number = Integer.parseInt(payload.substring("BAD ".length()));
                assertThat(number % 5).isZero();
                assertThat(record.partition()).isEqualTo(number % 2);
                assertThat(record.timestamp()).isEqualTo(BORN + number);
                assertThat(new String(record.key(), UTF_8)).isEqualTo("camera-" + number % 3);
                assertThat(record.headers()).extracting(header -> header.key()).containsExactly(DeadLetter.ATTEMPTS);
                assertThat(text(record, DeadLetter.ATTEMPTS)).isEqualTo("1");
            });
        }
    }

    @Test
    void shouldListByReasonCameraAndTimeAndShowOne(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = topics(broker, "dlq-list");
        bury(broker, values, values.get("input.topics"), 24, 0);

        assertThat(dlq(values, "list").text()).contains("24 dead letters {DECODE/JPEG=18, DECODE/TRUNCATED=6}");
        assertThat(dlq(values, "list", "--reason", "truncated").text()).contains("6 dead letters");
        assertThat(dlq(values, "list", "--reason", "READ").text()).contains("0 dead letters");
        assertThat(dlq(values, "list", "--camera", "camera-1").text()).contains("8 dead letters");
        String from = Instant.ofEpochMilli(BORN + 20).toString();
        assertThat(dlq(values, "list", "--from", from).text()).contains("4 dead letters");
        assertThat(dlq(values, "list", "--json", "--camera", "camera-1", "--reason", "TRUNCATED")
                        .text())
                .contains("\"reason\":\"DECODE/TRUNCATED\",\"camera\":\"camera-1\"");

        Path file = folder.resolve("frame");
        Said shown = dlq(values, "show", "1:3", "--out", file.toString());
        assertThat(shown.text())
                .contains("reason    DECODE/JPEG: picture 7 is broken")
                .contains(values.get("input.topics") + "-1-7, gone from there")
                .contains("header    traceparent = 00-7");
        assertThat(Files.readString(file)).isEqualTo("picture 7");
        assertThat(dlq(values, "show", "1:99").exitCode()).isEqualTo(1);
        assertThat(dlq(values, "show", "seven").exitCode()).isEqualTo(2);
    }

    @Test
    void shouldRefuseFramesOfTopicsThatAreNotRead(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = topics(broker, "dlq-foreign");
        bury(broker, values, values.get("output.labels"), 2, 0);
        Said said = dlq(values, "replay");
        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.text())
                .contains("0 sent in again, 0 were before, 2 refused")
                .contains(values.get("output.labels") + ", which is none of input.topics");
        assertThat(read(values, values.get("output.labels"))).isEmpty();
    }

    @Test
    void shouldGiveThePresentTimeWhenTold(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = topics(broker, "dlq-now");
        bury(broker, values, values.get("input.topics"), 4, 0);
        long before = System.currentTimeMillis();
        assertThat(dlq(values, "replay", "--now", "--at", "0:0,1:1").text()).contains("2 sent in again");
        assertThat(read(values, values.get("input.topics")))
                .hasSize(2)
                .allSatisfy(record -> assertThat(record.timestamp()).isGreaterThanOrEqualTo(before));
    }

    /** What a replay leaves behind that is killed after it has sent and before it has committed. */
    @Test
    void shouldUndoWhatAKilledReplayLeftOpen(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = topics(broker, "dlq-open");
        bury(broker, values, values.get("input.topics"), 6, 0);
        assertThat(dlq(values, "replay", "--at", "0:0").text()).contains("1 sent in again");
        KafkaProducer<byte[], byte[]> killed =
                producer(broker, Map.of("transactional.id", values.get("application.id") + "-dlq-replay"));
        try {
            killed.initTransactions();
            killed.beginTransaction();
            killed.send(new ProducerRecord<>(values.get("input.topics"), "half".getBytes(UTF_8)));
            ReplayMarkers markers;
            try (Lookup lookup = Lookup.open(Settings.of(values))) {
                markers = ReplayMarkers.read(values.get("output.dead-letters") + "-replays", lookup);
            }
            DeadLetter second = new DeadLetter(read(values, values.get("output.dead-letters")).stream()
                    .filter(record -> record.partition() == 0 && record.offset() == 1)
                    .findFirst()
                    .orElseThrow());
            killed.send(markers.marker(second, values.get("input.topics"), Instant.now()));
            killed.flush();

            assertThat(dlq(values, "replay").text()).contains("5 sent in again, 1 were before, 0 refused");
        } finally {
            killed.close(Duration.ZERO);
        }
        assertThat(payloads(values))
                .hasSize(6)
                .allSatisfy((payload, times) -> assertThat(times).as(payload).isEqualTo(1));
    }

    @Test
    void shouldGoOnAfterKillsAndSendEachOnce(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = topics(broker, "dlq-kill");
        int letters = 6_000;
        bury(broker, values, values.get("input.topics"), letters, 0);
        int kills = 0;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            for (int run = 0; run < 3; run++) {
                // Past the first transactions, so that the next has something to go on from.
                long enough = written(admin, values) + 250;
                Process process = start(values, folder.resolve("replay-" + run + ".log"));
                try {
                    await().pollInterval(Duration.ofMillis(2))
                            .atMost(PATIENCE)
                            .until(() -> !process.isAlive() || written(admin, values) > enough);
                    kills += process.isAlive() ? 1 : 0;
                } finally {
                    process.destroyForcibly().waitFor();
                }
            }
        }
        assertThat(kills).isPositive();
        Said last = dlq(values, "replay");
        assertThat(last.exitCode()).as(last.text()).isZero();
        System.out.println(kills + " kills, then: " + last.text().strip());
        assertThat(last.text()).doesNotContain(" 0 were before").contains(", 0 refused");
        assertThat(payloads(values))
                .hasSize(letters)
                .allSatisfy((payload, times) -> assertThat(times).as(payload).isEqualTo(1));
    }

    private static Map<String, Integer> payloads(Map<String, String> values) {
        Map<String, Integer> times = new TreeMap<>();
        read(values, values.get("input.topics"))
                .forEach(record -> times.merge(new String(record.value(), UTF_8), 1, Integer::sum));
        return times;
    }

    /** Records and markers of transactions on the input topic, committed or not. */
    private static long written(Admin admin, Map<String, String> values) throws Exception {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < 2; partition++) {
            ends.put(new TopicPartition(values.get("input.topics"), partition), OffsetSpec.latest());
        }
        return admin.listOffsets(ends).all().get().values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    private static Process start(Map<String, String> values, Path log) throws Exception {
        return Jvm.with(Jvm.of(log, "-Xmx256m", Main.class.getName(), "dlq", "replay"), values)
                .start();
    }
}
