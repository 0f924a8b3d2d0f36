package io.patchstream.stream.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.LedgerEntry;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.Pictures;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The books of a real pipeline, and of one whose answers were tampered with. */
@ExtendWith(RealKafka.class)
class LedgerIT {
    private record Result(int exitCode, String text) {}

    private static Result ledger(Map<String, String> settings, String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        settings.forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
        StringWriter out = new StringWriter();
        int exitCode = new CommandLine(new LedgerCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(line.toArray(String[]::new));
        return new Result(exitCode, out.toString());
    }

    /** Frames of two cameras and partitions, in transactions, one of them aborted; broken ones and a segment among them. */
    private static void fill(Pictures pictures) {
        for (int transaction = 0; transaction < 4; transaction++) {
            pictures.begin();
            for (int i = 0; i < 10; i++) {
                String text = i == 3 ? "BAD" : "picture " + transaction + " " + i;
                pictures.send(i % 2, "camera-" + i % 2, i == 4 ? 3 : 1, text.getBytes(UTF_8));
            }
            pictures.sendRubbish(1, "camera-1");
            if (transaction == 2) {
                pictures.abort();
            } else {
                pictures.commit();
            }
        }
    }

    private static void run(Settings settings) throws Exception {
        try (FakeEngine engine = FakeEngine.instant();
                StreamProcessor processor = StreamProcessor.start(settings, engine);
                Lookup lookup = Lookup.open(settings)) {
            processor.awaitRunning(Duration.ofSeconds(60));
            // 3 transactions x (5 records and a marker), and the aborted one's before the last.
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> lookup.committed(settings.stream().applicationId()).values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum()
                            >= 24 + 28 - 2);
        }
    }

    /** A copy of a topic, of the records that {@code kept} takes. */
    private static String copy(Settings settings, String topic, Predicate<ConsumerRecord<byte[], byte[]>> kept)
            throws Exception {
        String copy = topic + "-copy-" + System.nanoTime();
        String servers = settings.kafka().get("bootstrap.servers");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers))) {
            admin.createTopics(List.of(new NewTopic(copy, 1, (short) 1))).all().get();
        }
        try (Lookup lookup = Lookup.open(settings);
                KafkaProducer<byte[], byte[]> producer = producer(settings)) {
            lookup.readAll(topic, record -> {
                if (kept.test(record)) {
                    producer.send(new ProducerRecord<>(
                            copy, null, record.timestamp(), record.key(), record.value(), record.headers()));
                }
            });
        }
        return copy;
    }

    private static KafkaProducer<byte[], byte[]> producer(Settings settings) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", settings.kafka().get("bootstrap.servers")),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Test
    void shouldBalanceAPipelineWhoseEmbeddingsAreJson(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("ledger-json"));
        values.put("topics.partitions", "2");
        values.put("embeddings.format", "json");
        values.put("output.embeddings.json", "ledger-json-" + System.nanoTime());
        Settings settings = Settings.of(values);
        try (Pictures pictures = new Pictures(settings, 2)) {
            fill(pictures);
            run(settings);
        }
        Result balanced = ledger(values, "check");
        assertThat(balanced.text())
                .contains("balanced: 33 records, 33 labelled, 0 reused, 0 dropped, 6 dead-lettered, ");
        assertThat(balanced.exitCode()).isZero();
        try (Lookup lookup = Lookup.open(settings)) {
            assertThat(lookup.exists(settings.output().embeddings())).isFalse();
        }
        values.put("output.embeddings.json", copy(settings, settings.output().embeddingsJson(), record -> false));
        assertThat(ledger(values, "check").exitCode()).isEqualTo(1);
    }

    @Test
    void shouldHoldUncertainPicturesAndAlarmsAgainstTheirLabels(RealKafka.Broker broker, @TempDir Path folder)
            throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("ledger-beside"));
        values.put("topics.partitions", "2");
        values.put("uncertain.probability", "0.8");
        values.put("uncertain.per.camera", "5");
        values.put("output.uncertain", values.get("application.id") + ".uncertain");
        values.put("output.alarms", values.get("application.id") + ".alarms");
        values.put("state.dir", folder.resolve("state").toString());
        values.put(
                "rules.file",
                Files.writeString(
                                folder.resolve("rules.properties"),
                                "rule.cat.labels=cat\nrule.cat.clear.after=0s\nrule.cat.cameras=*-0\n")
                        .toString());
        Settings settings = Settings.of(values);
        try (Pictures pictures = new Pictures(settings, 2)) {
            fill(pictures);
            run(settings);
        }
        long uncertain = count(settings, settings.uncertain().topic());
        long alarms = count(settings, settings.rules().topic());
        assertThat(uncertain).isGreaterThanOrEqualTo(10);
        assertThat(alarms).isGreaterThanOrEqualTo(3);
        Path json = folder.resolve("check.json");
        Result balanced = ledger(values, "check", "--json", json.toString());
        assertThat(balanced.text())
                .contains("balanced: 33 records, 33 labelled, 0 reused, 0 dropped, 6 dead-lettered, ")
                .contains("beside them: uncertain " + uncertain + ", alarms " + alarms
                        + "; each once, and of a picture with a label");
        assertThat(balanced.exitCode()).isZero();
        assertThat(new ObjectMapper().readTree(json.toFile()).get("alarms").asLong())
                .isEqualTo(alarms);
        Result other = ledger(values, "check", "--camera", "camera-1");
        assertThat(other.text()).contains("alarms 0").doesNotContain("uncertain " + uncertain + ",");
        assertThat(other.exitCode()).isZero();

        shouldMissAlarmsAndNameThoseWithoutAReason(values, settings, folder, alarms);

        Map<String, String> twice = new HashMap<>(values);
        twice.put("output.alarms", copyTwice(settings, settings.rules().topic()));
        assertThat(ledger(twice, "check").text())
                .contains(alarms + " wrong")
                .contains(" has the same alarm twice, by picture 0");
        Map<String, String> unlabelled = new HashMap<>(values);
        unlabelled.put("output.labels", copy(settings, settings.output().labels(), record -> record.offset() > 0));
        Result result = ledger(unlabelled, "check");
        assertThat(result.text())
                .contains("lacks the label of picture 0")
                .contains("has picture 0 among the uncertain ones, and no label for it");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    private static void shouldMissAlarmsAndNameThoseWithoutAReason(
            Map<String, String> values, Settings settings, Path folder, long alarms) throws Exception {
        Result same = ledger(values, "check", "--alarms");
        assertThat(same.text()).contains("alarms " + alarms, "the alarms were worked out again from the labels");
        assertThat(same.exitCode()).as(same.text()).isZero();

        Map<String, String> fewer = new HashMap<>(values);
        fewer.put("output.alarms", copy(settings, settings.rules().topic(), record -> record.offset() != 0));
        assertThat(ledger(fewer, "check").exitCode()).isZero();
        Result missing = ledger(fewer, "check", "--alarms");
        assertThat(missing.text().lines().filter(line -> line.startsWith("    ")))
                .singleElement()
                .asString()
                .matches("    offset \\d+ lacks an alarm, which picture \\d decides by the rules as they are now");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(ledger(fewer, "check", "--alarms", "--camera", "camera-1").exitCode())
                .isZero();

        Map<String, String> other = new HashMap<>(values);
        other.put(
                "rules.file",
                Files.writeString(folder.resolve("other.properties"), "rule.cat.labels=cat\nrule.cat.cameras=*-1\n")
                        .toString());
        Result unfounded = ledger(other, "check", "--alarms");
        assertThat(unfounded.text())
                .contains("has an alarm by picture 0, which the rules as they are now do not give")
                .contains("lacks an alarm, which picture 0 decides by the rules as they are now");
        assertThat(unfounded.exitCode()).isEqualTo(1);

        Map<String, String> none = new HashMap<>(values);
        none.remove("rules.file");
        assertThat(ledger(none, "check", "--alarms").exitCode()).isEqualTo(2);
    }

    private static long count(Settings settings, String topic) {
        long[] records = new long[1];
        try (Lookup lookup = Lookup.open(settings)) {
            lookup.readAll(topic, record -> records[0]++);
        }
        return records[0];
    }

    private static String copyTwice(Settings settings, String topic) throws Exception {
        String copy = copy(settings, topic, record -> true);
        try (Lookup lookup = Lookup.open(settings);
                KafkaProducer<byte[], byte[]> producer = producer(settings)) {
            lookup.readAll(topic, record -> producer.send(new ProducerRecord<>(copy, record.key(), record.value())));
        }
        return copy;
    }

    @Test
    void shouldBalanceARealPipelineAndNameWhatWasTamperedWith(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("ledger"));
        values.put("topics.partitions", "2");
        Settings settings = Settings.of(values);
        String frames = settings.input().topics().get(0);
        try (Pictures pictures = new Pictures(settings, 2)) {
            fill(pictures);
            run(settings);

            Result balanced = ledger(values, "check");
            assertThat(balanced.text())
                    .contains(frames + "-0 offsets 0 to ")
                    .contains("balanced: 33 records, 33 labelled, 0 reused, 0 dropped, 6 dead-lettered, ");
            assertThat(balanced.exitCode()).isZero();

            Result one = ledger(values, "check", "--camera", "camera-0");
            assertThat(one.text())
                    .contains("balanced: 15 records, 21 labelled, 0 reused, 0 dropped, 0 dead-lettered, ");
            assertThat(one.exitCode()).isZero();

            shouldWriteTheSameLedgerAgain(values, settings);
            shouldNameWhatIsMissing(values, settings);
            shouldCallWhatIsNotCommittedInFlight(values, pictures);
            shouldNameADuplicate(values, settings, frames);
        }
    }

    private static void shouldWriteTheSameLedgerAgain(Map<String, String> values, Settings settings) {
        String topic = settings.output().labels() + "-ledger";
        Result first = ledger(values, "write", "--ledger", topic);
        assertThat(first.text()).contains("2 entries written");
        assertThat(first.exitCode()).isZero();
        assertThat(ledger(values, "write", "--ledger", topic).text()).contains("0 entries written");
        try (Lookup lookup = Lookup.open(settings);
                var entries = new AvroDeserializer<>(LedgerEntry.class)) {
            entries.configure(settings.serde().config(), false);
            List<String> written = new ArrayList<>();
            lookup.readAll(topic, record -> {
                var entry = entries.deserialize(topic, record.value());
                written.add(new String(record.key(), UTF_8) + " " + entry.getFirstOffset() + " " + entry.getRecords()
                        + " " + entry.getPictures() + " " + entry.getLabelled() + " " + entry.getDeadLettered());
            });
            String frames = settings.input().topics().get(0);
            assertThat(written).containsExactlyInAnyOrder(frames + "-0 0 15 21 21 0", frames + "-1 0 18 18 12 6");
        }
    }

    private static void shouldNameWhatIsMissing(Map<String, String> values, Settings settings) throws Exception {
        try (var labels = new AvroDeserializer<>(Classification.class);
                var points = new AvroDeserializer<>(Embedding.class)) {
            labels.configure(settings.serde().config(), false);
            points.configure(settings.serde().config(), false);
            Map<String, String> tampered = new HashMap<>(values);
            // Partition 0: offsets 0 to 4 are the first transaction's; 2 is its segment.
            tampered.put("output.labels", copy(settings, settings.output().labels(), record -> {
                var label = labels.deserialize("", record.value());
                long offset = label.getLineage().getSourceOffset();
                return !(label.getCameraId().equals("camera-0")
                        && (offset == 1 || (offset == 2 && label.getPicture() == 1)));
            }));
            tampered.put("output.embeddings", copy(settings, settings.output().embeddings(), record -> {
                var lineage = points.deserialize("", record.value()).getLineage();
                return !(lineage.getSourcePartition() == 0 && lineage.getSourceOffset() == 1);
            }));
            tampered.put(
                    "output.dead-letters",
                    copy(
                            settings,
                            settings.output().deadLetters(),
                            record -> !new String(
                                            record.headers()
                                                    .lastHeader("__streams.errors.offset")
                                                    .value(),
                                            UTF_8)
                                    .equals("5")));
            Result result = ledger(tampered, "check");
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.text().lines().filter(line -> line.startsWith("    ")))
                    .containsExactly(
                            "    offset 1 lacks an answer",
                            "    offset 2 lacks the label of picture 1",
                            "    offset 5 lacks an answer");
            assertThat(result.text()).contains("NOT BALANCED");
            assertThat(ledger(tampered, "check", "--from", "0:3,1:6").exitCode())
                    .isZero();
            assertThat(ledger(tampered, "check", "--camera", "camera-1").text())
                    .contains("    offset 5 lacks an answer")
                    .doesNotContain("offset 1 lacks");
        }
    }

    private static void shouldCallWhatIsNotCommittedInFlight(Map<String, String> values, Pictures pictures) {
        pictures.begin();
        for (int i = 0; i < 5; i++) {
            pictures.send(0, "camera-0", 1, "later".getBytes(UTF_8));
        }
        pictures.commit();
        Result result = ledger(values, "check");
        assertThat(result.exitCode()).isZero();
        assertThat(result.text()).contains("balanced: 33 records").containsPattern(", in flight [5-9] \\(");
    }

    private static void shouldNameADuplicate(Map<String, String> values, Settings settings, String frames)
            throws Exception {
        try (Lookup lookup = Lookup.open(settings);
                KafkaProducer<byte[], byte[]> producer = producer(settings);
                var labels = new AvroDeserializer<>(Classification.class)) {
            labels.configure(settings.serde().config(), false);
            List<ConsumerRecord<byte[], byte[]>> one = new ArrayList<>();
            lookup.readAll(settings.output().labels(), record -> {
                var lineage = labels.deserialize("", record.value()).getLineage();
                if (lineage.getSourcePartition() == 1 && lineage.getSourceOffset() == 4) {
                    one.add(record);
                }
            });
            assertThat(one).hasSize(1);
            producer.send(new ProducerRecord<>(
                            settings.output().labels(),
                            one.get(0).key(),
                            one.get(0).value()))
                    .get();
        }
        Result result = ledger(values, "check");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.text().lines().filter(line -> line.startsWith("    ")))
                .containsExactly("    offset 4 has two labels for picture 0");
        assertThat(result.text()).contains(new TopicPartition(frames, 1) + " offsets");
    }
}
