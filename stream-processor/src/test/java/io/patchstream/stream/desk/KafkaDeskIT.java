package io.patchstream.stream.desk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.patchstream.schemas.serde.HttpSchemaRegistry;
import io.patchstream.schemas.serde.SchemaRegistryConfig;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.Pictures;
import io.patchstream.stream.page.AlarmBook;
import io.patchstream.stream.page.DeskException;
import io.patchstream.stream.page.PipelineDesk.Buried;
import io.patchstream.stream.page.PipelineDesk.DeadLetterList;
import io.patchstream.stream.page.PipelineDesk.LedgerState;
import io.patchstream.stream.page.PipelineDesk.PartitionState;
import io.patchstream.stream.page.PipelineDesk.Replayed;
import io.patchstream.stream.page.PipelineDesk.Subject;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The live page's questions, asked of a real broker and registry. */
@ExtendWith(RealKafka.class)
class KafkaDeskIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Settings settings(RealKafka.Broker broker, String test) {
        Map<String, String> values = new HashMap<>(broker.settings(test));
        values.put("topics.partitions", "2");
        return Settings.of(values);
    }

    /** Two partitions of five frames, of which one cannot be decoded and one is no frame. */
    private static void fill(Pictures pictures) {
        pictures.begin();
        for (int i = 0; i < 8; i++) {
            pictures.send(i % 2, "camera-" + i % 2, 1, (i == 3 ? "BAD" : "picture " + i).getBytes(UTF_8));
        }
        pictures.sendRubbish(0, "camera-0");
        pictures.sendRubbish(1, "camera-1");
        pictures.commit();
    }

    /** Until {@code letters} dead letters are there and all of the source is committed. */
    private static void run(Settings settings, KafkaDesk desk, int letters) throws Exception {
        try (FakeEngine engine = FakeEngine.instant();
                StreamProcessor processor = StreamProcessor.start(settings, engine)) {
            processor.awaitRunning(PATIENCE);
            await().atMost(PATIENCE)
                    .until(() -> desk.deadLetters().letters().size() == letters
                            && answered(desk.ledger()) == desk.ledger().records());
        }
    }

    private static long answered(LedgerState ledger) {
        return ledger.labelled() + ledger.deadLettered() + ledger.dropped();
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(Settings settings, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Lookup lookup = Lookup.open(settings)) {
            lookup.readAll(topic, records::add);
        }
        return records;
    }

    @Test
    void shouldTellOfDeadLettersSendThemInAgainAndBalance(RealKafka.Broker broker) throws Exception {
        Settings settings = settings(broker, "desk");
        KafkaDesk desk = new KafkaDesk(settings);
        String frames = settings.input().topics().get(0);
        try (Pictures pictures = new Pictures(settings, 2)) {
            fill(pictures);
            run(settings, desk, 3);
        }

        LedgerState ledger = desk.ledger();
        assertThat(ledger.balanced()).isTrue();
        assertThat(ledger.wrong()).isZero();
        assertThat(List.of(ledger.records(), ledger.labelled(), ledger.deadLettered(), ledger.dropped()))
                .containsExactly(10L, 7L, 3L, 0L);
        assertThat(ledger.partitions())
                .extracting(PartitionState::partition)
                .containsExactly(frames + "-0", frames + "-1");

        DeadLetterList letters = desk.deadLetters();
        assertThat(letters.complete()).isTrue();
        assertThat(letters.reasons().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .isEqualTo(3);
        assertThat(letters.letters()).isSortedAccordingTo((a, b) -> Long.compare(b.atMillis(), a.atMillis()));
        Buried bad = letters.letters().stream()
                .filter(letter -> letter.reason().startsWith("DECODE/"))
                .findFirst()
                .orElseThrow();
        assertThat(bad.source()).isEqualTo(frames + "-1-1");
        assertThat(bad.camera()).isEqualTo("camera-1");
        assertThat(bad.sentInAgain()).isFalse();

        Replayed first = desk.replay(Set.of(bad.place(), "1:9999", "7:0"));
        assertThat(first.sent()).isEqualTo(1);
        assertThat(first.refused()).containsExactlyInAnyOrder("1:9999 is no longer there", "7:0 is no longer there");
        assertThat(desk.replay(Set.of(bad.place()))).isEqualTo(new Replayed(0, 1, List.of()));

        List<ConsumerRecord<byte[], byte[]>> source = read(settings, frames);
        assertThat(source).hasSize(11);
        assertThat(source.stream()
                        .filter(record -> record.partition() == 1 && record.offset() == 1)
                        .findFirst()
                        .orElseThrow()
                        .value())
                .isEqualTo(source.stream()
                        .filter(record -> record.headers().lastHeader("patchstream.replay.attempts") != null)
                        .findFirst()
                        .orElseThrow()
                        .value());
        assertThat(desk.deadLetters().letters().stream()
                        .filter(Buried::sentInAgain)
                        .map(Buried::place))
                .containsExactly(bad.place());
        // Nobody runs: the frame that was sent in again is on its way, and lacks nothing.
        assertThat(desk.ledger().inFlight()).isPositive();
        assertThat(desk.ledger().balanced()).isTrue();

        run(settings, desk, 4);
        assertThat(desk.deadLetters().letters().stream().collect(Collectors.summingInt(Buried::attempts)))
                .isEqualTo(1);
        assertThat(desk.ledger().deadLettered()).isEqualTo(4);
    }

    /** Of any processor: the book is opened after the one that wrote them has gone, and is told of what comes later. */
    @Test
    void shouldTellOfAlarmsAndShowTheirPictures(RealKafka.Broker broker, @TempDir Path folder) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("bells"));
        values.put("topics.partitions", "2");
        values.put("output.alarms", values.get("application.id") + ".alarms");
        values.put("state.dir", folder.resolve("state").toString());
        // Whatever it is, and only the camera's first picture: it is never cleared.
        values.put(
                "rules.file",
                Files.writeString(
                                folder.resolve("rules.properties"),
                                "rule.any.labels=cat, dog, fish\nrule.any.cameras=camera-*\n")
                        .toString());
        Settings settings = Settings.of(values);
        KafkaDesk desk = new KafkaDesk(settings);
        try (Pictures pictures = new Pictures(settings, 2);
                AlarmBook before = desk.alarms()) {
            pictures.begin();
            for (int i = 0; i < 4; i++) {
                pictures.send(i % 2, "camera-" + i % 2, 1, Pictures.jpeg(i));
            }
            pictures.commit();
            runUntil(
                    settings,
                    () -> before.content().state() == AlarmBook.State.KNOWN
                            && before.content().on().size() == 2);

            try (AlarmBook book = new KafkaDesk(settings).alarms()) {
                assertThat(book.content().state()).isEqualTo(AlarmBook.State.READING);
                await().atMost(PATIENCE).until(() -> book.content().state() == AlarmBook.State.KNOWN);
                assertThat(book.content()).isEqualTo(before.content());
                assertThat(book.content().on())
                        .extracting(AlarmBook.Bell::camera)
                        .containsExactlyInAnyOrder("camera-0", "camera-1");
                AlarmBook.Bell first = book.content().on().stream()
                        .filter(bell -> bell.camera().equals("camera-0"))
                        .findFirst()
                        .orElseThrow();
                assertThat(first.source()).isEqualTo(settings.input().topics().get(0) + "-0-0");
                AlarmBook.Shown shown = book.picture(first.id());
                byte[] payload = new byte[shown.frame().payload().remaining()];
                shown.frame().payload().get(payload);
                assertThat(payload).isEqualTo(Pictures.jpeg(0));
                assertThatThrownBy(() -> book.picture("another"))
                        .isInstanceOf(DeskException.class)
                        .hasMessageContaining("no longer among the last ones");

                values.put("rules.file", changed(folder).toString());
                Settings other = Settings.of(values);
                pictures.begin();
                pictures.send(0, "camera-0", 1, Pictures.jpeg(5));
                pictures.commit();
                runUntil(other, () -> book.content().cleared().size() == 1);
                assertThat(book.content().cleared().get(0).isRuleGone()).isTrue();
                assertThat(book.content().on())
                        .extracting(AlarmBook.Bell::camera)
                        .containsExactly("camera-1");
            }
        }
        Map<String, String> none = new HashMap<>(values);
        none.remove("rules.file");
        assertThat(new KafkaDesk(Settings.of(none)).alarms().content().state()).isEqualTo(AlarmBook.State.NO_RULES);
    }

    private static void runUntil(Settings settings, Callable<Boolean> done) throws Exception {
        try (FakeEngine engine = FakeEngine.instant();
                StreamProcessor processor = StreamProcessor.start(settings, engine)) {
            processor.awaitRunning(PATIENCE);
            await().atMost(PATIENCE).until(done);
        }
    }

    private static Path changed(Path folder) throws Exception {
        return Files.writeString(
                folder.resolve("changed.properties"),
                "rule.any.labels=cat, dog, fish\nrule.any.frames=5\nrule.any.of=5\n");
    }

    @Test
    void shouldTellThatAlarmsCannotBeRead(RealKafka.Broker broker, @TempDir Path folder) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("bells-lost"));
        values.put("output.alarms", values.get("application.id") + ".alarms");
        values.put("rules.file", changed(folder).toString());
        try (AlarmBook book = new KafkaDesk(Settings.of(values)).alarms()) {
            await().atMost(PATIENCE).until(() -> book.content().state() == AlarmBook.State.LOST);
            assertThat(book.content().why()).contains("there is no topic");
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
                admin.createTopics(List.of(new NewTopic(values.get("output.alarms"), 1, (short) 1)))
                        .all()
                        .get();
            }
            await().atMost(PATIENCE).until(() -> book.content().state() == AlarmBook.State.KNOWN);
        }
    }

    @Test
    void shouldKnowTheVersionsOfSubjects(RealKafka.Broker broker) throws Exception {
        Settings settings = settings(broker, "subjects");
        KafkaDesk desk = new KafkaDesk(settings);
        HttpSchemaRegistry registry = new HttpSchemaRegistry(
                SchemaRegistryConfig.parse(settings.serde().config()));
        assertThat(desk.subjects())
                .extracting(Subject::topic)
                .containsExactly(
                        settings.input().topics().get(0),
                        settings.output().labels(),
                        settings.output().embeddings(),
                        settings.output().drops());
        assertThat(desk.subjects()).allSatisfy(subject -> {
            assertThat(subject.versions()).isEmpty();
            assertThat(subject.id()).isEmpty();
        });

        Subject labels = desk.subjects().get(1);
        org.apache.avro.Schema older = new org.apache.avro.Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"Classification\",\"fields\":[]}");
        org.apache.avro.Schema newer = new org.apache.avro.Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"Classification\",\"fields\":[{\"name\":\"a\",\"type\":\"int\","
                        + "\"default\":1}]}");
        registry.register(labels.subject(), older, false);
        int id = registry.register(labels.subject(), newer, false);

        assertThat(desk.subjects().get(1).versions()).containsExactly(1, 2);
        assertThat(desk.subjects().get(1).id()).isEqualTo(Optional.of(id));
        assertThat(desk.subjects().get(0).versions()).isEmpty();
    }

    @Test
    void shouldSayWhatIsMissing(RealKafka.Broker broker) {
        Settings settings = settings(broker, "nothing");

        assertThat(new KafkaDesk(settings).deadLetters().letters()).isEmpty();
        assertThatThrownBy(() -> new KafkaDesk(settings).ledger())
                .isInstanceOf(DeskException.class)
                .hasMessageContaining(
                        "there is no topic " + settings.input().topics().get(0));
        Map<String, String> values = new HashMap<>(broker.settings("nothing"));
        values.put("schema.registry.url", "http://ann:s3cret@127.0.0.1:9");
        assertThatThrownBy(() -> new KafkaDesk(Settings.of(values)).subjects())
                .isInstanceOf(DeskException.class)
                .hasMessageContaining("no schema registry answers")
                .hasMessageNotContaining("s3cret");
    }
}
