package io.patchstream.stream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmIds;
import io.patchstream.schemas.AlarmKind;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Doubt;
import io.patchstream.schemas.DoubtKind;
import io.patchstream.schemas.Drop;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Origin;
import io.patchstream.schemas.PointIds;
import io.patchstream.schemas.Uncertain;
import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import io.patchstream.stream.frame.Stage;
import io.patchstream.stream.publish.Answers;
import io.patchstream.stream.publish.PointJson;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.trace.Collector;
import io.patchstream.stream.trace.Collector.Received;
import io.patchstream.stream.trace.FrameTracer;
import io.patchstream.stream.trace.Tracing;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameTopologyTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00.123456Z");

    private final FakeEngine engine = FakeEngine.instant();
    private Settings settings;
    private FrameIntake intake;
    private Serializer<Object> serializer;
    private FrameTracer tracer = FrameTracer.NONE;
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> frames;

    @SuppressWarnings("MustBeClosedChecker") // After each test.
    private void start(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(more);
        values.put("serde.serializer", TestAvro.Serializer.class.getName());
        values.put("serde.deserializer", TestAvro.Reader.class.getName());
        settings = Settings.of(values);
        tracer = Tracing.open(settings);
        intake = FrameIntake.of(settings, engine, tracer);
        serializer = Serdes.serializer(settings.serde());
        drive(FrameTopology.of(settings, intake, serializer));
    }

    private void drive(Topology topology) {
        Properties properties = new Properties();
        properties.putAll(StreamsProperties.of(settings, 64, intake));
        driver = new TopologyTestDriver(topology, properties);
        frames = driver.createInputTopic(
                settings.input().topics().get(0), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void close() {
        if (driver != null) {
            driver.close();
        }
        intake.close();
        tracer.close();
        serializer.close();
        engine.close();
    }

    private static Frame frame(int sequence, String payload) {
        return frame(sequence, 1, ByteBuffer.wrap(payload.getBytes(UTF_8)));
    }

    private static Frame frame(int sequence, int pictures, Object payload) {
        return new Frame(
                "frame-" + sequence,
                "door",
                (long) sequence,
                NOON,
                Encoding.JPEG,
                pictures,
                payload,
                Map.of("truth", "cat"));
    }

    private void pipe(Frame frame) {
        pipe(TestAvro.write(frame), new RecordHeaders());
    }

    private void pipe(byte[] value, Headers headers) {
        frames.pipeInput(new TestRecord<>("door".getBytes(UTF_8), value, headers, NOON));
    }

    private List<TestRecord<byte[], byte[]>> read(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private static Map<String, String> text(Headers headers) {
        Map<String, String> text = new HashMap<>();
        headers.forEach(header -> text.put(header.key(), new String(header.value(), UTF_8)));
        return text;
    }

    @Test
    void shouldPublishEmbeddingsInTheFormsThatAreAskedFor() throws Exception {
        start(Map.of("embeddings.format", "both"));
        pipe(frame(3, "a picture"));
        TestRecord<byte[], byte[]> avro = read("patchstream.embeddings").get(0);
        TestRecord<byte[], byte[]> json = read("patchstream.embeddings.json").get(0);
        assertThat(json.key()).isEqualTo(avro.key());
        assertThat(json.timestamp()).isEqualTo(avro.timestamp());
        Embedding point = TestAvro.read(Embedding.class, avro.value());
        assertThat(PointJson.read(json.value())).isEqualTo(point);
        // As a sink reads it.
        Map<?, ?> read = new com.fasterxml.jackson.databind.ObjectMapper().readValue(json.value(), Map.class);
        assertThat(read.keySet()).map(Object::toString).containsExactly("collection_name", "id", "vector", "payload");
        assertThat(read.get("id")).isEqualTo(point.getId());
        assertThat((List<?>) read.get("vector"))
                .map(value -> ((Number) value).floatValue())
                .isEqualTo(List.copyOf(point.getVector()));
        assertThat((Map<?, ?>) read.get("payload")).extracting("captured_at").isEqualTo(NOON.toString());
    }

    @Test
    void shouldPublishEmbeddingsAsJsonAlone() {
        start(Map.of("embeddings.format", "json"));
        pipe(frame(3, "a picture"));
        assertThat(read("patchstream.embeddings.json")).hasSize(1);
        assertThat(FrameTopology.describe(Settings.of(Map.of("embeddings.format", "json"))))
                .contains("patchstream.embeddings.json")
                .doesNotContain("patchstream.embeddings)");
    }

    @Test
    void shouldSendTheFirstUncertainPicturesOfACameraAndWindow() {
        start(Map.of("uncertain.probability", "0.8", "uncertain.per.camera", "2", "uncertain.window", "1h"));
        Instant hour = Instant.parse("2026-11-23T12:00:00Z");
        int[] minutes = {1, 2, 3, 61, 4, 59, 62, 120};
        for (int i = 0; i < minutes.length; i++) {
            frames.pipeInput(new TestRecord<>(
                    "door".getBytes(UTF_8), TestAvro.write(frame(i, "a picture")), hour.plusSeconds(60L * minutes[i])));
        }

        List<TestRecord<byte[], byte[]>> sent = read("patchstream.uncertain");

        // The fifth comes behind its window and takes the last place of the newest one.
        assertThat(sent)
                .extracting(record -> TestAvro.read(Uncertain.class, record.value())
                        .getAnswer()
                        .getSequence())
                .containsExactly(0L, 1L, 3L, 4L, 7L);
        assertThat(intake.answers().uncertainSent()).isEqualTo(5);
        assertThat(intake.answers().uncertainHeld()).isEqualTo(3);
        Uncertain first = TestAvro.read(Uncertain.class, sent.get(0).value());
        assertThat(first.getAnswer())
                .isEqualTo(TestAvro.read(
                        Classification.class, read("patchstream.labels").get(0).value()));
        assertThat(first.getReasons()).containsExactly(new Doubt(DoubtKind.PROBABILITY, 0.75f, 0.8));
        assertThat(first.getPayload()).isNull();
        assertThat(sent.get(0).key()).isEqualTo("door".getBytes(UTF_8));
    }

    @Test
    void shouldDoubtSetsOfSeveralLabelsAndPicturesThatAreFar() {
        start(Map.of("uncertain.set", "true", "uncertain.distance", "95"));
        pipe(frame(0, "TWO labels are possible"));
        pipe(frame(1, "FAR from all that is known"));
        pipe(frame(2, "a picture for a model that tells nothing of it"));

        List<Uncertain> sent = read("patchstream.uncertain").stream()
                .map(record -> TestAvro.read(Uncertain.class, record.value()))
                .toList();
        assertThat(sent)
                .extracting(Uncertain::getReasons)
                .containsExactly(
                        List.of(new Doubt(DoubtKind.SET, 2f, 1.0)), List.of(new Doubt(DoubtKind.DISTANCE, 99f, 95.0)));
        assertThat(sent.get(1).getAnswer().getDistance()).isEqualTo(40.5f);
        List<Classification> labels = read("patchstream.labels").stream()
                .map(record -> TestAvro.read(Classification.class, record.value()))
                .toList();
        assertThat(labels).extracting(Classification::getSetSize).containsExactly(2, 1, null);
        assertThat(labels).extracting(Classification::getDistance).containsExactly(3f, 40.5f, null);
        assertThat(labels).extracting(Classification::getDistanceBeyond).containsExactly(0.0, 99.0, null);
    }

    @Test
    void shouldSendThePayloadAlongWhenAsked() {
        start(Map.of("uncertain.margin", "0.6", "uncertain.payload", "copy"));
        pipe(frame(0, "a picture"));

        Uncertain sent = TestAvro.read(
                Uncertain.class, read("patchstream.uncertain").get(0).value());

        assertThat(sent.getPayload()).isEqualTo(ByteBuffer.wrap("a picture".getBytes(UTF_8)));
    }

    private static final Path RULES = Path.of("target", "rules-of-test.properties");

    /** The best label of payload "shown"; "absent" has another. */
    private static final String SHOWN = label("shown");

    private static final String ABSENT = java.util.stream.IntStream.range(0, 100)
            .mapToObj(i -> "absent " + i)
            .filter(payload -> !label(payload).equals(SHOWN))
            .findFirst()
            .orElseThrow();

    private static String label(String payload) {
        int best = FakeEngine.predict(payload.getBytes(UTF_8)).topK().get(0).index();
        return FakeEngine.MODEL.contract().labels().get(best);
    }

    private void startWithRules(String... lines) throws Exception {
        Files.write(RULES, List.of(lines));
        start(Map.of("rules.file", RULES.toString()));
    }

    private void pipe(String camera, int sequence, boolean shows, int second) {
        ByteBuffer payload = ByteBuffer.wrap((shows ? "shown" : ABSENT).getBytes(UTF_8));
        Frame frame =
                new Frame("frame-" + sequence, camera, (long) sequence, NOON, Encoding.JPEG, 1, payload, Map.of());
        frames.pipeInput(new TestRecord<>(camera.getBytes(UTF_8), TestAvro.write(frame), NOON.plusSeconds(second)));
    }

    private List<Alarm> alarms() {
        return read("patchstream.alarms").stream()
                .map(record -> TestAvro.read(Alarm.class, record.value()))
                .toList();
    }

    @Test
    void shouldRaiseAnAlarmAndClearItAndNameThePictures() throws Exception {
        startWithRules(
                "rule.seen.labels=" + SHOWN,
                "rule.seen.probability=0.7",
                "rule.seen.frames=2",
                "rule.seen.of=3",
                "rule.seen.clear.after=5s",
                "rule.other.labels=" + SHOWN,
                "rule.other.cameras=gate",
                "rule.surer.labels=" + SHOWN,
                "rule.surer.probability=0.76");
        int[] seconds = {0, 1, 2, 3, 7, 8, 9};
        for (int i = 0; i < seconds.length; i++) {
            pipe("door", i, List.of(0, 2, 3).contains(i), seconds[i]);
        }

        List<Alarm> alarms = alarms();

        assertThat(alarms).extracting(Alarm::getKind).containsExactly(AlarmKind.RAISED, AlarmKind.CLEARED);
        assertThat(alarms).extracting(Alarm::getRule).containsOnly("seen");
        Alarm raised = alarms.get(0);
        assertThat(raised.getRaisedBy())
                .extracting(AlarmPicture::getSourceOffset)
                .containsExactly(0L, 2L);
        assertThat(raised.getRaisedBy()).extracting(AlarmPicture::getFrameId).containsExactly("frame-0", "frame-2");
        assertThat(raised.getRaisedBy()).extracting(AlarmPicture::getLabel).containsOnly(SHOWN);
        assertThat(raised.getRaisedBy())
                .extracting(AlarmPicture::getModelSha256)
                .containsOnly("ab".repeat(32));
        assertThat(raised.getClearedBy()).isNull();
        assertThat(raised.getId())
                .isEqualTo(raised.getRaisedId())
                .isEqualTo(AlarmIds.of(
                                "seen",
                                "door",
                                AlarmKind.RAISED,
                                raised.getRaisedBy().get(1))
                        .toString());
        Alarm cleared = alarms.get(1);
        assertThat(cleared.getRaisedBy()).isEqualTo(raised.getRaisedBy());
        assertThat(cleared.getRaisedId()).isEqualTo(raised.getId());
        assertThat(cleared.getClearedBy().getSourceOffset()).isEqualTo(5);
        assertThat(cleared.getClearedBy().getLabel()).isEqualTo(label(ABSENT));
        assertThat(cleared.getId())
                .isEqualTo(AlarmIds.of("seen", "door", AlarmKind.CLEARED, cleared.getClearedBy())
                        .toString());
        assertThat(driver.getKeyValueStore(RuleWatch.STORE).approximateNumEntries())
                .as("nothing is remembered of a camera that shows nothing")
                .isZero();
        assertThat(intake.answers().alarms())
                .containsOnly(
                        Map.entry(new AnswerCounts.RuleChange("seen", "RAISED"), 1L),
                        Map.entry(new AnswerCounts.RuleChange("seen", "CLEARED"), 1L));
    }

    @Test
    void shouldKeepTheRulesThatItBeganWith() throws Exception {
        startWithRules("rule.seen.labels=" + SHOWN);
        driver.close();
        Topology topology = FrameTopology.of(settings, intake, serializer);
        Files.delete(RULES);

        // As a task that comes later.
        drive(topology);
        pipe("door", 0, true, 0);

        assertThat(alarms()).hasSize(1);
    }

    @Test
    void shouldForgetARuleThatWasChangedOrTakenAwayAndClearItsAlarms() throws Exception {
        startWithRules(
                "rule.changed.labels=" + SHOWN,
                "rule.gone.labels=" + SHOWN,
                "rule.moved.labels=" + SHOWN,
                "rule.same.labels=" + SHOWN);
        pipe("door", 0, true, 0);
        List<Alarm> before = alarms();
        Map<String, byte[]> left = new HashMap<>();
        try (KeyValueIterator<String, byte[]> all =
                driver.<String, byte[]>getKeyValueStore(RuleWatch.STORE).all()) {
            all.forEachRemaining(entry -> left.put(entry.key, entry.value));
        }
        driver.close();
        startWithRules(
                "rule.changed.labels=" + SHOWN,
                "rule.changed.probability=0.6",
                "rule.moved.labels=" + SHOWN,
                "rule.moved.cameras=yard",
                "rule.same.labels=" + SHOWN,
                "rule.same.cameras=d*");
        // So that the store has a record that it is written for; a dead letter is none that rules see.
        frames.pipeInput(new TestRecord<>("door".getBytes(UTF_8), "no frame".getBytes(UTF_8), NOON));
        left.forEach(driver.<String, byte[]>getKeyValueStore(RuleWatch.STORE)::put);

        pipe("gate", 1, false, 1);
        pipe("door", 2, true, 2);

        List<Alarm> after = alarms();
        assertThat(before).hasSize(4);
        assertThat(after)
                .extracting(alarm -> alarm.getRule() + " " + alarm.getKind())
                .containsExactlyInAnyOrder("changed CLEARED", "gone CLEARED", "moved CLEARED", "changed RAISED");
        assertThat(after)
                .filteredOn(alarm -> alarm.getKind() == AlarmKind.CLEARED)
                .allSatisfy(alarm -> {
                    assertThat(alarm.getCameraId()).isEqualTo("door");
                    assertThat(alarm.getClearedBy()).isNull();
                    assertThat(before).extracting(Alarm::getId).contains(alarm.getRaisedId());
                });
    }

    @Test
    void shouldKeepNoStateUnlessAskedTo() throws Exception {
        start(Map.of());
        pipe(frame(0, "a picture"));

        assertThat(driver.getAllStateStores()).isEmpty();
        assertThat(FrameTopology.describe(Settings.of(Map.of())))
                .doesNotContain("uncertain")
                .contains("stores: []");
        assertThat(FrameTopology.describe(Settings.of(Map.of("uncertain.margin", "0.1"))))
                .contains("patchstream.uncertain", "stores: [uncertain]");
        Files.writeString(RULES, "rule.seen.labels=" + SHOWN);
        assertThat(FrameTopology.describe(Settings.of(Map.of("rules.file", RULES.toString()))))
                .contains("patchstream.alarms", "stores: [rules]");
    }

    @Test
    void shouldLeaveOutWhatIsLateBeforeTheEngineSeesItAndSayWhy() {
        start(Map.of("input.overload", "drop-late", "input.max.age", "1h"));
        pipe(frame(3, "an old picture"));
        frames.pipeInput(
                new TestRecord<>("door".getBytes(UTF_8), TestAvro.write(frame(4, "a new picture")), Instant.now()));

        List<TestRecord<byte[], byte[]>> drops = read("patchstream.drops");
        assertThat(drops).hasSize(1);
        assertThat(drops.get(0).key()).isEqualTo("door".getBytes(UTF_8));
        Drop drop = TestAvro.read(Drop.class, drops.get(0).value());
        assertThat(drop.getFrameId()).isEqualTo("frame-3");
        assertThat(drop.getCameraId()).isEqualTo("door");
        assertThat(drop.getSequence()).isEqualTo(3);
        assertThat(drop.getCapturedAt()).isEqualTo(NOON);
        assertThat(drop.getReason()).isEqualTo(io.patchstream.schemas.DropReason.LATE);
        assertThat(drop.getLimit()).isEqualTo("input.max.age=PT1H");
        assertThat(drop.getSourceOffset()).isZero();
        assertThat(drop.getAgeMs()).isBetween(1L, Instant.now().toEpochMilli());
        assertThat(read("patchstream.labels")).hasSize(1);
        assertThat(engine.statistics().pictures()).isEqualTo(1);
        assertThat(intake.dropped(DropReason.LATE)).isEqualTo(1);
    }

    @Test
    void shouldDeadLetterALateRecordThatIsNoFrame() {
        start(Map.of("input.overload", "drop-late", "input.max.age", "1h"));

        pipe("no frame".getBytes(UTF_8), new RecordHeaders());

        assertThat(read("patchstream.dead-letters")).hasSize(1);
        assertThat(read("patchstream.drops")).isEmpty();
    }

    @Test
    void shouldHoldTheBytesOfARecordUntilItIsAnswered() {
        start(Map.of("input.buffer.bytes", "4MiB", "threads", "1"));
        String thread = Thread.currentThread().getName();
        byte[] value = TestAvro.write(frame(1, "x".repeat(1 << 20)));
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ConsumerRecord<byte[], byte[]> record =
                    new ConsumerRecord<>("patchstream.frames", 0, i, "door".getBytes(UTF_8), value);
            intake.lookAhead(record, thread);
            records.add(record);
        }
        assertThat(intake.isFull(thread)).isTrue();
        assertThat(intake.bufferedBytes()).isGreaterThan(3 << 20);

        for (ConsumerRecord<byte[], byte[]> record : records) {
            frames.pipeInput(new TestRecord<>(record.key(), record.value(), record.headers(), NOON));
        }

        assertThat(intake.bufferedBytes()).isZero();
        assertThat(intake.isFull(thread)).isFalse();
    }

    @Test
    void shouldAnswerAFrameWithLabelAndEmbeddingThatNameTheirSource() {
        start(Map.of("output.collection", "doors"));
        pipe(frame(0, "first"));
        pipe(frame(7, "a picture"));

        List<TestRecord<byte[], byte[]>> labels = read("patchstream.labels");
        assertThat(labels).hasSize(2);
        assertThat(labels.get(1).key()).isEqualTo("door".getBytes(UTF_8));
        assertThat(labels.get(1).getRecordTime()).isEqualTo(NOON.truncatedTo(java.time.temporal.ChronoUnit.MILLIS));
        Classification label = TestAvro.read(Classification.class, labels.get(1).value());
        Prediction expected = FakeEngine.predict("a picture".getBytes(UTF_8));
        Score best = expected.topK().get(0);
        Score next = expected.topK().get(1);
        List<String> names = FakeEngine.MODEL.contract().labels();
        assertThat(label.getTopK())
                .containsExactly(
                        new LabelScore(names.get(best.index()), best.index(), 0.75f),
                        new LabelScore(names.get(next.index()), next.index(), 0.25f));
        assertThat(label.getFrameId()).isEqualTo("frame-7");
        assertThat(label.getCameraId()).isEqualTo("door");
        assertThat(label.getSequence()).isEqualTo(7);
        assertThat(label.getPicture()).isZero();
        assertThat(label.getCapturedAt()).isEqualTo(NOON);
        assertThat(label.getAttributes()).containsExactly(Map.entry("truth", "cat"));
        assertThat(label.getLineage().getModel()).isEqualTo("fake");
        assertThat(label.getLineage().getModelSha256()).isEqualTo("ab".repeat(32));
        assertThat(label.getLineage().getPreprocessingSha256())
                .isEqualTo(FakeEngine.MODEL.contract().preprocessing().sha256());
        assertThat(label.getLineage().getEngine()).isEqualTo("fake 1.0 cpu");
        assertThat(label.getLineage().getSourceTopic()).isEqualTo("patchstream.frames");
        assertThat(label.getLineage().getSourcePartition()).isZero();
        assertThat(label.getLineage().getSourceOffset()).isEqualTo(1);
        assertThat(label.getLineage().getOrigin()).isEqualTo(Origin.INFERRED);

        TestRecord<byte[], byte[]> point = read("patchstream.embeddings").get(1);
        Embedding embedding = TestAvro.read(Embedding.class, point.value());
        String id = PointIds.of("door", "frame-7", 0, "ab".repeat(32)).toString();
        assertThat(point.key()).isEqualTo(id.getBytes(UTF_8));
        assertThat(embedding.getId()).isEqualTo(id);
        assertThat(embedding.getCollectionName()).isEqualTo("doors");
        assertThat(embedding.getDim()).isEqualTo(4);
        assertThat(embedding.getVector()).startsWith(0.5f, -0.5f, 0.5f);
        assertThat(embedding.getPayload().getLabel()).isEqualTo(names.get(best.index()));
        assertThat(embedding.getPayload().getProbability()).isEqualTo(0.75f);
        assertThat(embedding.getPayload().getCapturedAt()).isEqualTo(NOON);
        assertThat(embedding.getLineage().getSourceOffset()).isEqualTo(1);
        assertThat(read("patchstream.dead-letters")).isEmpty();
    }

    @Test
    void shouldAnswerEachPictureOfASegment() {
        start(Map.of());
        pipe(frame(100, 3, ByteBuffer.wrap(new byte[] {1, 2, 3})));
        List<Classification> labels = read("patchstream.labels").stream()
                .map(record -> TestAvro.read(Classification.class, record.value()))
                .toList();
        assertThat(labels).extracting(Classification::getPicture).containsExactly(0, 1, 2);
        assertThat(labels).extracting(Classification::getSequence).containsExactly(100L, 101L, 102L);
        assertThat(read("patchstream.embeddings"))
                .extracting(record -> new String(record.key(), UTF_8))
                .doesNotHaveDuplicates()
                .hasSize(3);
    }

    @Test
    void shouldDeadLetterABadFrameAtItsPlaceAndAnswerItsNeighbours() {
        start(Map.of());
        pipe(frame(0, "good"));
        Headers headers =
                new RecordHeaders().add("site", "north".getBytes(UTF_8)).add("traceparent", "00-1".getBytes(UTF_8));
        byte[] bad = TestAvro.write(frame(1, "BAD bytes"));
        pipe(bad, headers);
        pipe(frame(2, "good too"));

        assertThat(read("patchstream.labels"))
                .extracting(record ->
                        TestAvro.read(Classification.class, record.value()).getSequence())
                .containsExactly(0L, 2L);
        TestRecord<byte[], byte[]> letter = read("patchstream.dead-letters").get(0);
        assertThat(letter.key()).isEqualTo("door".getBytes(UTF_8));
        assertThat(letter.value()).isEqualTo(bad);
        assertThat(text(letter.headers()))
                .containsEntry("__streams.errors.topic", "patchstream.frames")
                .containsEntry("__streams.errors.partition", "0")
                .containsEntry("__streams.errors.offset", "1")
                .containsEntry("__streams.errors.message", "payload is no image")
                .containsEntry(
                        "__streams.errors.exception",
                        "io.patchstream.stream.frame.RejectedFrameException: payload is no image")
                .containsKey("__streams.errors.stacktrace")
                .containsEntry("patchstream.stage", "DECODE")
                .containsEntry("patchstream.code", "NOT_AN_IMAGE")
                .containsEntry("patchstream.model.sha256", "ab".repeat(32))
                .containsEntry("site", "north")
                .containsEntry("traceparent", "00-1")
                .hasSize(11);
        assertThat(intake.answers().deadLetters())
                .containsExactly(Map.entry(new AnswerCounts.DeadLetterReason(Stage.DECODE, "NOT_AN_IMAGE"), 1L));
        assertThat(intake.answers().labels().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(2);
        assertThat(intake.answers().endToEnd().total()).isEqualTo(2);
    }

    @Test
    void shouldDeadLetterWhatIsNoFrame() {
        start(Map.of());
        pipe("garbage".getBytes(UTF_8), new RecordHeaders());
        pipe(new byte[] {0}, new RecordHeaders());
        pipe(TestAvro.write(embedding()), new RecordHeaders());
        pipe((byte[]) null, new RecordHeaders());
        pipe(frame(4, 0, ByteBuffer.wrap(new byte[1])));
        assertThat(read("patchstream.dead-letters"))
                .extracting(letter -> text(letter.headers()).get("patchstream.code"))
                .containsExactly("AVRO", "AVRO", "NOT_A_FRAME", "TOMBSTONE", "HEAD");
        assertThat(read("patchstream.labels")).isEmpty();
    }

    /** An answer that somebody sent to the frames topic. */
    private static Embedding embedding() {
        Classified answered = new Classified(
                new FrameHead("frame", "door", 0, 0, 1, Map.of()), List.of(FakeEngine.predict(new byte[1])));
        return new Answers("c").embedding(answered, 0, new SourcePosition("frames", 0, 0));
    }

    @Test
    void shouldPublishNothingWhenTheRegistryIsOutOfReach() {
        start(Map.of());
        assertThatThrownBy(() -> pipe("OUTAGE".getBytes(UTF_8), new RecordHeaders()))
                .rootCause()
                .hasMessage("refused");
        assertThat(read("patchstream.dead-letters")).isEmpty();
    }

    @Test
    void shouldPublishNothingWhenTheEngineHasStopped() {
        start(Map.of());
        engine.stop("device lost");
        assertThatThrownBy(() -> pipe(frame(0, "good"))).hasRootCauseInstanceOf(EngineStoppedException.class);
        assertThat(read("patchstream.dead-letters")).isEmpty();
        assertThat(read("patchstream.labels")).isEmpty();
    }

    @Test
    void shouldTakePlainImages() {
        start(Map.of("input.format", "image", "input.topics", "photos"));
        frames.pipeInput(new TestRecord<>(null, "picture".getBytes(UTF_8), new RecordHeaders(), NOON));
        frames.pipeInput(
                new TestRecord<>("gate".getBytes(UTF_8), "picture".getBytes(UTF_8), new RecordHeaders(), NOON));
        frames.pipeInput(new TestRecord<>(new byte[] {-1}, "picture".getBytes(UTF_8), new RecordHeaders(), NOON));
        List<Classification> labels = read("patchstream.labels").stream()
                .map(record -> TestAvro.read(Classification.class, record.value()))
                .toList();
        assertThat(labels).extracting(Classification::getCameraId).containsExactly("photos", "gate", "photos");
        assertThat(labels).extracting(Classification::getSequence).containsExactly(0L, 1L, 2L);
        assertThat(labels)
                .extracting(Classification::getFrameId)
                .containsExactly("photos-0-0", "photos-0-1", "photos-0-2");
        assertThat(labels.get(0).getCapturedAt()).isEqualTo(Instant.ofEpochMilli(NOON.toEpochMilli()));
    }

    @Test
    void shouldUseTheTicketThatTravelsWithTheRecordAndStripIt() {
        start(Map.of());
        byte[] value = TestAvro.write(frame(0, "ahead"));
        ConsumerRecord<byte[], byte[]> polled = new ConsumerRecord<>("patchstream.frames", 0, 0, new byte[0], value);
        polled.headers()
                .add("site", "north".getBytes(UTF_8))
                .add("traceparent", "00-1".getBytes(UTF_8))
                .add("tracestate", "k=v".getBytes(UTF_8));
        intake.lookAhead(polled, Thread.currentThread().getName());
        FrameTicket ticket = ((TicketHeader) polled.headers().lastHeader(TicketHeader.KEY)).ticket();

        pipe(value, polled.headers());

        assertThat(engine.wasAwaited(ticket)).isTrue();
        assertThat(intake.ahead()).isEqualTo(1);
        assertThat(intake.missed()).isZero();
        List<TestRecord<byte[], byte[]>> outputs = new ArrayList<>(read("patchstream.labels"));
        outputs.addAll(read("patchstream.embeddings"));
        assertThat(outputs)
                .hasSize(2)
                .allSatisfy(output -> assertThat(text(output.headers()))
                        .containsOnly(Map.entry("traceparent", "00-1"), Map.entry("tracestate", "k=v")));
    }

    @Test
    void shouldStripTheTicketFromDeadLetters() {
        start(Map.of());
        byte[] value = TestAvro.write(frame(0, "BAD"));
        ConsumerRecord<byte[], byte[]> polled = new ConsumerRecord<>("patchstream.frames", 0, 0, new byte[0], value);
        intake.lookAhead(polled, Thread.currentThread().getName());
        pipe(value, polled.headers());
        assertThat(read("patchstream.dead-letters").get(0).headers())
                .isNotEmpty()
                .extracting(Header::key)
                .doesNotContain(TicketHeader.KEY);
    }

    @Test
    void shouldAskAgainWhenTheTicketWasCancelled() {
        start(Map.of());
        ConsumerRecord<byte[], byte[]> polled = lookAheadAt(frame(0, "cancelled"));
        intake.cancel(Thread.currentThread().getName(), 0);
        engine.release();
        pipe(polled.value(), polled.headers());
        assertThat(read("patchstream.labels")).hasSize(1);
        assertThat(intake.missed()).isEqualTo(1);
    }

    @Test
    void shouldCancelAndForwardNothingWhenItsTaskCloses() {
        start(Map.of());
        lookAheadAt(frame(0, "never answered"));
        driver.close();
        driver = null;
        assertThat(engine.statistics().cancelled()).isEqualTo(1);
    }

    /** A polled record that was submitted to an engine that does not begin. */
    private ConsumerRecord<byte[], byte[]> lookAheadAt(Frame frame) {
        engine.hold();
        ConsumerRecord<byte[], byte[]> polled =
                new ConsumerRecord<>("patchstream.frames", 0, 0, new byte[0], TestAvro.write(frame));
        intake.lookAhead(polled, Thread.currentThread().getName());
        return polled;
    }

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CAMERA_SPAN = "00f067aa0ba902b7";

    /** A frame whose sender has a span, recorded or not. */
    private void pipeTraced(Frame frame, boolean recorded) {
        byte[] value = TestAvro.write(frame);
        ConsumerRecord<byte[], byte[]> polled =
                new ConsumerRecord<>("patchstream.frames", 0, 0, "door".getBytes(UTF_8), value);
        polled.headers()
                .add("traceparent", ("00-" + TRACE + "-" + CAMERA_SPAN + (recorded ? "-01" : "-00")).getBytes(UTF_8))
                .add("tracestate", "vendor=x".getBytes(UTF_8));
        intake.lookAhead(polled, Thread.currentThread().getName());
        pipe(value, polled.headers());
    }

    @Test
    void shouldTellACollectorOfAFrameAndNameItsSpanInTheAnswers() {
        try (Collector collector = Collector.start()) {
            start(Map.of("trace.endpoint", collector.address()));
            pipeTraced(frame(7, "a picture"), true);
            tracer.close();

            Received process = collector.spans("process ").get(0);
            assertThat(process.name()).isEqualTo("process patchstream.frames");
            assertThat(process.traceId()).isEqualTo(TRACE);
            assertThat(process.parent()).isEqualTo(CAMERA_SPAN);
            assertThat(process.traceState()).isEqualTo("vendor=x");
            assertThat(process.kind()).as("consumer").isEqualTo(5);
            assertThat(process.status()).isZero();
            assertThat(process.attributes())
                    .containsEntry("messaging.system", "kafka")
                    .containsEntry("messaging.operation.type", "process")
                    .containsEntry("messaging.destination.name", "patchstream.frames")
                    .containsEntry("messaging.destination.partition.id", "0")
                    .containsEntry("messaging.kafka.offset", "0")
                    .containsEntry("messaging.consumer.group.name", "patchstream")
                    .containsEntry("messaging.kafka.message.key", "door")
                    .containsEntry("patchstream.outcome", "labelled")
                    .containsEntry("patchstream.camera", "door")
                    .containsEntry("patchstream.frame.id", "frame-7")
                    .containsEntry("patchstream.model.sha256", FakeEngine.MODEL.sha256());
            List<Received> children =
                    collector.spans().stream().filter(span -> span != process).toList();
            assertThat(children).allSatisfy(child -> {
                assertThat(child.traceId()).isEqualTo(TRACE);
                assertThat(child.parent()).isEqualTo(process.spanId());
                assertThat(child.start()).isBetween(process.start(), child.end());
                assertThat(child.end()).isLessThanOrEqualTo(process.end());
            });
            assertThat(children)
                    .extracting(Received::name)
                    .containsExactlyInAnyOrder("decode", "wait for batch", "inference", "send patchstream.labels");
            Received send = collector.spans("send ").get(0);
            assertThat(send.kind()).as("producer").isEqualTo(4);
            List<TestRecord<byte[], byte[]>> outputs = new ArrayList<>(read("patchstream.labels"));
            outputs.addAll(read("patchstream.embeddings"));
            assertThat(outputs)
                    .hasSize(2)
                    .allSatisfy(output -> assertThat(text(output.headers()))
                            .containsOnly(
                                    Map.entry("traceparent", "00-" + TRACE + "-" + send.spanId() + "-01"),
                                    Map.entry("tracestate", "vendor=x")));
        }
    }

    @Test
    void shouldRecordNoSpanOfAFrameWhoseSenderRecordsNone() {
        try (Collector collector = Collector.start()) {
            start(Map.of("trace.endpoint", collector.address()));
            pipeTraced(frame(7, "a picture"), false);
            pipeTraced(frame(8, "another"), true);
            tracer.close();

            assertThat(collector.spans("process ")).hasSize(1);
            assertThat(text(read("patchstream.labels").get(0).headers()).get("traceparent"))
                    .startsWith("00-" + TRACE + "-")
                    .doesNotContain(CAMERA_SPAN)
                    .endsWith("-00");
        }
    }

    @Test
    void shouldTellACollectorOfDeadLettersAndDropsAndBeginATraceWhereThereIsNone() {
        try (Collector collector = Collector.start()) {
            start(Map.of(
                    "trace.endpoint", collector.address(), "input.overload", "drop-late", "input.max.age", "24000h"));
            pipe(frame(1, "BAD"));
            frames.pipeInput(new TestRecord<>(
                    "door".getBytes(UTF_8), TestAvro.write(frame(2, "old")), new RecordHeaders(), Instant.EPOCH));
            tracer.close();

            Received bad = collector.spans("process ").get(0);
            assertThat(bad.parent()).isEmpty();
            assertThat(bad.status()).as("error").isEqualTo(2);
            assertThat(bad.message()).isEqualTo("payload is no image");
            assertThat(bad.attributes())
                    .containsEntry("patchstream.outcome", "dead-lettered")
                    .containsEntry("error.type", "NOT_AN_IMAGE")
                    .containsEntry("patchstream.stage", "DECODE");
            Received send = collector.spans("send patchstream.dead-letters").get(0);
            assertThat(text(read("patchstream.dead-letters").get(0).headers()).get("traceparent"))
                    // Recorded, and perhaps marked as random, which W3C's second level has for new traces.
                    .matches("00-" + bad.traceId() + "-" + send.spanId() + "-0[13]");
            Received old = collector.spans("process ").get(1);
            assertThat(old.status()).isZero();
            assertThat(old.attributes())
                    .containsEntry("patchstream.outcome", "dropped")
                    .containsEntry("patchstream.drop.reason", "LATE");
            assertThat(read("patchstream.drops")).hasSize(1);
        }
    }

    @Test
    void shouldTellACollectorWhenTheEngineHasNoAnswer() {
        try (Collector collector = Collector.start()) {
            start(Map.of("trace.endpoint", collector.address()));
            engine.stop("device lost");
            assertThatThrownBy(() -> pipe(frame(0, "good"))).hasRootCauseInstanceOf(EngineStoppedException.class);
            tracer.close();
            assertThat(collector.spans()).hasSize(1).allSatisfy(span -> {
                assertThat(span.status()).as("error").isEqualTo(2);
                assertThat(span.message()).isEqualTo("device lost");
                assertThat(span.events()).containsExactly("exception");
            });
        }
    }

    @Test
    void shouldAnswerFramesWhileTheCollectorIsAway() {
        start(Map.of("trace.endpoint", "http://localhost:1"));
        for (int i = 0; i < 500; i++) {
            pipe(frame(i, "picture " + i));
        }
        assertThat(read("patchstream.labels")).hasSize(500);
        assertThat(intake.spans().orElseThrow().made()).isEqualTo(2500);
        assertThat(intake.spans().orElseThrow().delivered()).isZero();
    }

    @Test
    void shouldDescribeItselfWithoutModelOrBroker() {
        start(Map.of());
        assertThat(FrameTopology.describe(Settings.of(Map.of("output.labels", "tags"))))
                .contains("Source: frames (topics: [patchstream.frames])")
                .contains("Sink: labels (topic: tags)")
                .doesNotContain("Stores: [s");
    }
}
