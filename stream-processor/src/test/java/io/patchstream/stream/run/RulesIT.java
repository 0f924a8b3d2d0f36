package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmIds;
import io.patchstream.schemas.AlarmKind;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.operate.Verb;
import io.patchstream.stream.publish.Alarms;
import io.patchstream.stream.rules.RuleOracle;
import io.patchstream.stream.rules.RuleOracle.Deed;
import io.patchstream.stream.rules.RuleOracle.Seen;
import io.patchstream.stream.rules.RuleState.Effect;
import io.patchstream.stream.settings.LabelRule;
import io.patchstream.stream.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Rules on a real broker: under kills exactly the alarms that follow from the labels, and the same in a replay. */
@ExtendWith(RealKafka.class)
class RulesIT {
    private static final int FRAMES = 800;
    private static final int CAMERAS = 8;
    private static final int RUN = 6;
    private static final int KINDS = 12;
    private static final Path LOGS = Path.of("target", "rules");

    @TempDir
    private Path folder;

    /** A labelled picture, and when its record came. */
    private record Labelled(long time, Classification label) {}

    /** Each camera shows a few pictures of one kind, then of another. */
    private static int kind(int number) {
        int camera = number % CAMERAS;
        int run = number / CAMERAS / RUN;
        return (run * (camera + 1) + camera) % KINDS;
    }

    /** For each class rules that are quick, and rules that wait. */
    private Path rules() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int label = 0; label < 10; label++) {
            for (String line : List.of(
                    "quick.labels=class %d",
                    "quick.frames=2",
                    "quick.of=4",
                    "quick.probability=0.01",
                    "quick.clear.after=0s",
                    "slow.labels=class %d, class 1",
                    "slow.cameras=camera-1,camera-*5",
                    "slow.probability=0.01",
                    "slow.hold=100ms",
                    "slow.clear.after=100ms",
                    "slow.cool.down=500ms")) {
                lines.add("rule.c" + label + "-" + line.formatted(label));
            }
        }
        return Files.write(folder.resolve("rules.properties"), lines);
    }

    /** Alarms by camera, in the order of the topic. */
    private static Map<String, List<String>> alarms(Settings settings, String topic) {
        Map<String, List<String>> alarms = new TreeMap<>();
        try (Lookup lookup = Lookup.open(settings);
                AvroDeserializer<Alarm> values = new AvroDeserializer<>(Alarm.class)) {
            values.configure(settings.serde().config(), false);
            lookup.readAll(topic, record -> {
                Alarm alarm = values.deserialize(topic, record.value());
                alarms.computeIfAbsent(alarm.getCameraId(), camera -> new ArrayList<>())
                        .add(alarm.getKind() + " " + alarm.getRule() + " " + alarm.getId());
            });
        }
        return alarms;
    }

    /** The alarms that follow from the labels on the topic by the rules' definition. */
    private static Map<String, List<String>> expected(Settings settings) {
        Map<String, List<Labelled>> labels = new TreeMap<>();
        String topic = settings.output().labels();
        try (Lookup lookup = Lookup.open(settings);
                AvroDeserializer<Classification> values = new AvroDeserializer<>(Classification.class)) {
            values.configure(settings.serde().config(), false);
            lookup.readAll(topic, record -> {
                Classification label = values.deserialize(topic, record.value());
                labels.computeIfAbsent(label.getCameraId(), camera -> new ArrayList<>())
                        .add(new Labelled(record.timestamp(), label));
            });
        }
        Map<String, List<String>> alarms = new TreeMap<>();
        labels.forEach((camera, pictures) -> {
            Map<String, List<Deed>> deeds = new TreeMap<>();
            for (LabelRule rule : settings.rules().rules()) {
                if (rule.cameraPattern().matcher(camera).matches()) {
                    deeds.put(
                            rule.name(),
                            RuleOracle.deeds(
                                    rule,
                                    pictures.stream()
                                            .map(picture -> new Seen(
                                                    picture.time(),
                                                    rule.labels()
                                                            .contains(picture.label()
                                                                    .getTopK()
                                                                    .get(0)
                                                                    .getLabel())))
                                            .toList()));
                }
            }
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < pictures.size(); i++) {
                for (Map.Entry<String, List<Deed>> rule : deeds.entrySet()) {
                    Effect effect = rule.getValue().get(i).effect();
                    if (effect != Effect.NONE) {
                        AlarmKind kind = effect == Effect.RAISES ? AlarmKind.RAISED : AlarmKind.CLEARED;
                        lines.add(kind + " " + rule.getKey() + " "
                                + AlarmIds.of(
                                        rule.getKey(),
                                        camera,
                                        kind,
                                        Alarms.picture(pictures.get(i).label(), Optional.empty())));
                    }
                }
            }
            alarms.put(camera, lines);
        });
        return alarms;
    }

    /** By the bits of its picture, by its ids, and by its rule; the last where the rule is what it was. */
    private void shouldExplain(Map<String, String> values, Settings settings) throws Exception {
        String topic = settings.rules().topic();
        Map<String, ConsumerRecord<byte[], byte[]>> some = new TreeMap<>();
        try (Lookup lookup = Lookup.open(settings);
                AvroDeserializer<Alarm> alarms = new AvroDeserializer<>(Alarm.class)) {
            alarms.configure(settings.serde().config(), false);
            // The newest of each: what they follow from lies far apart.
            lookup.readAll(topic, record -> {
                Alarm alarm = alarms.deserialize(topic, record.value());
                some.put(alarm.getKind() + alarm.getRule().substring("c0".length()), record);
            });
        }
        assertThat(some.keySet()).containsExactly("CLEARED-quick", "CLEARED-slow", "RAISED-quick", "RAISED-slow");
        Map<String, String> withoutRules = new HashMap<>(values);
        withoutRules.remove("rules.file");
        Map<String, String> otherRules = new HashMap<>(values);
        String text = Files.readString(Path.of(values.get("rules.file")));
        otherRules.put(
                "rules.file",
                Files.writeString(
                                folder.resolve("others.properties"),
                                text.replace("quick.of=4", "quick.of=2").replace("hold=100ms", "hold=1h"))
                        .toString());
        some.forEach((which, record) -> {
            String[] place = {"explain", topic, Integer.toString(record.partition()), Long.toString(record.offset())};
            Verb same = Verb.run(values, place);
            assertThat(same.text())
                    .startsWith("alarm of rule c")
                    .contains("up to the deciding one give this alarm, with the same pictures")
                    .contains("the same bits")
                    .contains("its ids follow from rule, camera, kind and picture");
            assertThat(same.exitCode()).isZero();
            Verb half = Verb.run(withoutRules, place);
            assertThat(half.text()).contains("not looked at, since rules.file names none here");
            assertThat(half.exitCode()).isZero();
            if (which.equals("RAISED-slow")) {
                Verb other = Verb.run(otherRules, place);
                assertThat(other.text()).contains("do NOT give this alarm").contains("the same bits");
                assertThat(other.exitCode()).isEqualTo(1);
            }
        });
        shouldNameAnAlarmThatNamesOtherPictures(values, settings, some.get("RAISED-quick"));
    }

    /** Its ids are right, which go by the deciding picture alone. */
    private static void shouldNameAnAlarmThatNamesOtherPictures(
            Map<String, String> values, Settings settings, ConsumerRecord<byte[], byte[]> record) throws Exception {
        String topic = settings.rules().topic() + "-tampered";
        try (Admin admin = Admin.create(
                        Map.of("bootstrap.servers", (Object) settings.kafka().get("bootstrap.servers")));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", settings.kafka().get("bootstrap.servers")),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                AvroDeserializer<Alarm> alarms = new AvroDeserializer<>(Alarm.class);
                AvroSerializer<Alarm> written = new AvroSerializer<>()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            alarms.configure(settings.serde().config(), false);
            written.configure(settings.serde().config(), false);
            Alarm alarm = alarms.deserialize(topic, record.value());
            assertThat(alarm.getRaisedBy()).hasSize(2);
            Alarm other = new Alarm(
                    alarm.getId(),
                    alarm.getRule(),
                    alarm.getKind(),
                    alarm.getCameraId(),
                    alarm.getRaisedId(),
                    alarm.getRaisedBy().subList(1, 2),
                    alarm.getClearedBy());
            producer.send(new ProducerRecord<>(topic, record.key(), written.serialize(topic, other)))
                    .get();
        }
        Verb tampered = Verb.run(values, "explain", topic, "0", "0");
        assertThat(tampered.text()).contains("do NOT give this alarm", "the same bits", "its ids follow");
        assertThat(tampered.exitCode()).isEqualTo(1);
    }

    @Test
    void shouldSendTheSameAlarmsUnderKillsAndInAReplay(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("rules"));
        String model = Path.of("src/test/resources/models/tiny-fp32.onnx")
                .toAbsolutePath()
                .toString();
        values.put("model", model);
        values.put("model.top.k", "1");
        values.put("rules.file", rules().toString());
        values.put("output.alarms", values.get("application.id") + ".alarms");
        values.put("state.dir", folder.resolve("state").toString());
        Settings settings = Settings.of(values);
        Cameras cameras = new Cameras();
        new Lives(values, LOGS)
                .live(
                        CAMERAS,
                        number -> cameras.payload(kind(number)),
                        4 * CAMERAS,
                        FRAMES / 3,
                        FRAMES * 2 / 3,
                        FRAMES);
        Map<String, List<String>> expected = expected(settings);
        assertThat(expected.toString())
                .contains("RAISED c", "CLEARED c")
                .containsPattern("RAISED c\\d-slow")
                .containsPattern("CLEARED c\\d-slow");
        assertThat(expected.values().stream().mapToInt(List::size).sum()).isGreaterThan(50);
        assertThat(alarms(settings, settings.rules().topic())).isEqualTo(expected);

        shouldExplain(values, settings);
        Verb check = Verb.run(values, "ledger", "check", "--alarms");
        assertThat(check.text())
                .contains("beside them: alarms "
                        + expected.values().stream().mapToInt(List::size).sum()
                        + "; each once, and of a picture with a label")
                .contains("the alarms were worked out again from the labels")
                .doesNotContain("but for");
        assertThat(check.exitCode()).isZero();

        String into = values.get("application.id") + "-again.";
        Verb said = Verb.run(values, "replay", "--id", "again", "--into", into, "--model", model);
        assertThat(said.exitCode()).as(said.text()).isZero();
        assertThat(alarms(settings, into + "alarms")).isEqualTo(expected);
    }
}
