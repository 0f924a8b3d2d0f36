package io.patchstream.stream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.Main;
import io.patchstream.stream.explain.ExplainCommand;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.lookup.Bound;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.Pictures;
import io.patchstream.stream.lookup.SourceRange;
import io.patchstream.stream.operate.Jvm;
import io.patchstream.stream.publish.DeadLetters;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.run.FailureReport;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The same frames again: whatever the batches, the threads and the stops, the same bits. */
@ExtendWith(RealKafka.class)
class ReplayIT {
    /** {@code -Dreplay.frames=5000} for the long run. */
    private static final int FRAMES = Integer.getInteger("replay.frames", 400);

    private static final int BROKEN = (FRAMES + 32) / 40;
    private static final int PARTITIONS = 4;
    private static final long SEED = 20261123;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** The frames of all tests; its group and outputs are never used. */
    private static Map<String, String> source;

    @BeforeAll
    static void sendFrames(RealKafka.Broker broker) throws Exception {
        source = new HashMap<>(broker.settings("replay"));
        source.put("topics.partitions", Integer.toString(PARTITIONS));
        // A killed member leaves the group by time-out.
        source.put("kafka.consumer.session.timeout.ms", "3000");
        source.put("kafka.consumer.heartbeat.interval.ms", "700");
        source.put("commit.interval", "100ms");
        source.put("instance.id", "pod-0");
        Random random = new Random(SEED);
        try (Pictures pictures = new Pictures(Settings.of(source), PARTITIONS)) {
            for (int i = 0; i < FRAMES; ) {
                pictures.begin();
                for (int end = Math.min(FRAMES, i + 1 + random.nextInt(60)); i < end; i++) {
                    int partition = random.nextInt(PARTITIONS);
                    byte[] payload = i % 40 == 7 ? "BAD".getBytes(UTF_8) : Pictures.jpeg(i);
                    pictures.send(partition, "camera-" + partition, 1, payload);
                }
                pictures.commit();
            }
        }
    }

    @AfterAll
    static void forget() {
        source = null;
    }

    private static Map<String, String> settings(String model, int maxBatch, int infer, int decode, int threads) {
        Map<String, String> values = new HashMap<>(source);
        values.put("model", model(model));
        values.put("engine.max.batch", Integer.toString(maxBatch));
        values.put("engine.infer.threads", Integer.toString(infer));
        values.put("engine.decode.threads", Integer.toString(decode));
        values.put("threads", Integer.toString(threads));
        return values;
    }

    private static String model(String precision) {
        return Path.of("src/test/resources/models/tiny-" + precision + ".onnx")
                .toAbsolutePath()
                .toString();
    }

    private static List<SourceRange> ranges(Bound from, Bound to) {
        Settings live = Settings.of(source);
        try (Lookup lookup = Lookup.open(live)) {
            return lookup.ranges(live.input().topics(), from, to);
        }
    }

    private static List<SourceRange> all() {
        return ranges(new Bound.Earliest(), new Bound.Latest());
    }

    /** All bits of all answers, by the place of the frame. */
    private static Map<String, String> bits(Settings replayed) {
        Map<String, String> bits = new TreeMap<>();
        try (Lookup lookup = Lookup.open(replayed);
                AvroDeserializer<Classification> labels = new AvroDeserializer<>(Classification.class);
                AvroDeserializer<Embedding> points = new AvroDeserializer<>(Embedding.class)) {
            labels.configure(replayed.serde().config(), false);
            points.configure(replayed.serde().config(), false);
            lookup.readAll(replayed.output().labels(), record -> {
                Classification label = labels.deserialize("", record.value());
                var lineage = label.getLineage();
                StringBuilder text = new StringBuilder(lineage.getModelSha256());
                label.getTopK()
                        .forEach(score -> text.append(' ')
                                .append(score.getIndex())
                                .append(':')
                                .append(Float.floatToRawIntBits(score.getProbability())));
                put(bits, "label " + lineage.getSourcePartition() + "-" + lineage.getSourceOffset(), text.toString());
            });
            lookup.readAll(replayed.output().embeddings(), record -> {
                Embedding point = points.deserialize("", record.value());
                var lineage = point.getLineage();
                StringBuilder text = new StringBuilder(point.getId());
                point.getVector().forEach(value -> text.append(' ').append(Float.floatToRawIntBits(value)));
                put(bits, "point " + lineage.getSourcePartition() + "-" + lineage.getSourceOffset(), text.toString());
            });
            lookup.readAll(
                    replayed.output().deadLetters(),
                    record -> put(
                            bits,
                            "dead letter " + header(record, DeadLetters.PARTITION) + "-"
                                    + header(record, DeadLetters.OFFSET),
                            header(record, DeadLetters.CODE)));
        }
        return bits;
    }

    private static void put(Map<String, String> bits, String place, String text) {
        assertThat(bits.put(place, text)).as("a second answer: " + place).isNull();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String key) {
        return new String(record.headers().lastHeader(key).value(), UTF_8);
    }

    private static Settings replay(Map<String, String> values, String id, String into) throws Exception {
        Settings settings = Replay.settings(values, id, into);
        try (FrameEngine engine = Engines.open(settings);
                Replay replay = Replay.prepare(settings, all())) {
            assertThat(replay.run(engine)).isTrue();
        }
        return settings;
    }

    /** Asks it to stop when some answers are there, and goes on with another engine. */
    private static Settings replayWithAStop(Map<String, String> values, Map<String, String> then, String into)
            throws Exception {
        Settings settings = Replay.settings(values, "stopped", into);
        try (FrameEngine engine = Engines.open(settings);
                Replay replay = Replay.prepare(settings, all())) {
            assertThat(replay.run(stoppingAfter(100, engine, replay)))
                    .as("done before it was stopped")
                    .isFalse();
        }
        assertThat(bits(settings)).as("answers before the stop").hasSizeBetween(100, 2 * (FRAMES - BROKEN));
        return replay(then, "stopped", into);
    }

    /**
     * {@code engine}, which asks {@code replay} to stop when it has given some answers. It wants few frames ahead, since Kafka
     * Streams processes all that it holds before it stops.
     */
    private static FrameEngine stoppingAfter(int frames, FrameEngine engine, Replay replay) {
        AtomicInteger awaited = new AtomicInteger();
        return (FrameEngine) Proxy.newProxyInstance(
                ReplayIT.class.getClassLoader(), new Class<?>[] {FrameEngine.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("lookAhead")) {
                        return 4;
                    } else if (method.getName().equals("await") && awaited.incrementAndGet() >= frames) {
                        replay.requestStop();
                        TimeUnit.MILLISECONDS.sleep(2);
                    }
                    try {
                        return method.invoke(engine, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Kills the process when some answers are there, and goes on here. */
    private static Settings replayWithAKill(Map<String, String> values, Map<String, String> then, String into)
            throws Exception {
        Path log = Path.of("target", "replay-killed.log");
        ProcessBuilder builder = Jvm.with(
                Jvm.of(log, "-Xmx384m", Main.class.getName(), "replay", "--id", "killed", "--into", into), values);
        // One batch of records at a time: slow enough to be met in the middle.
        Jvm.with(
                builder,
                Map.of("kafka.main.consumer.fetch.max.bytes", "1", "kafka.main.consumer.max.poll.records", "2"));
        Settings settings = Replay.settings(values, "killed", into);
        Process process = builder.start();
        try (Lookup lookup = Lookup.open(settings)) {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !process.isAlive()
                            || offsets(lookup.committed(settings.stream().applicationId())) > 80);
            assertThat(process.isAlive())
                    .as("killed before its end; see target/replay-killed.log")
                    .isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(bits(settings)).as("answers before the kill").hasSizeBetween(50, 2 * (FRAMES - BROKEN));
        return replay(then, "killed", into);
    }

    private static long offsets(Map<TopicPartition, Long> committed) {
        return committed.values().stream().mapToLong(Long::longValue).sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fp32", "int8"})
    void shouldGiveTheSameBitsWhateverTheBatchesThreadsAndStops(String model) throws Exception {
        String into = "replay-" + model + "-" + System.nanoTime();
        Settings one = replay(settings(model, 1, 1, 1, 1), "one", into + "-1.");
        Map<String, String> first = bits(one);
        assertThat(first).hasSize(2 * (FRAMES - BROKEN) + BROKEN);
        assertThat(first.values().stream().distinct().count()).isGreaterThan(FRAMES);

        Map<String, String> second = settings(model, 7, 2, 3, 2);
        Map<String, String> third = settings(model, 32, 1, 2, 4);
        Settings two = model.equals("fp32")
                ? replayWithAKill(second, third, into + "-2.")
                : replayWithAStop(second, third, into + "-2.");
        assertThat(bits(two)).isEqualTo(first);
        assertThat(bits(replay(third, "three", into + "-3."))).isEqualTo(first);
        Map<String, String> fourth = settings(model, 5, 2, 1, 3);
        fourth.put("engine.intra.op.threads", "2");
        assertThat(bits(replay(fourth, "four", into + "-4."))).isEqualTo(first);

        assertThat(liveGroup()).as("what the live group has committed").isEmpty();
        shouldExplain(one);
    }

    private static Map<TopicPartition, Long> liveGroup() {
        Settings live = Settings.of(source);
        try (Lookup lookup = Lookup.open(live)) {
            return lookup.committed(live.stream().applicationId());
        }
    }

    private record Result(int exitCode, String text) {}

    private static Result explain(String topic, TopicPartition at, long offset, String... more) {
        List<String> line = new ArrayList<>(List.of(topic, Integer.toString(at.partition()), Long.toString(offset)));
        line.addAll(List.of(more));
        source.forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
        StringWriter out = new StringWriter();
        int exitCode = new CommandLine(new ExplainCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .setExecutionExceptionHandler(new FailureReport())
                .execute(line.toArray(String[]::new));
        return new Result(exitCode, out.toString());
    }

    /** The first record of a topic. */
    private static ConsumerRecord<byte[], byte[]> any(Settings settings, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Lookup lookup = Lookup.open(settings)) {
            lookup.readAll(topic, records::add);
        }
        return records.get(records.size() / 2);
    }

    private static Result explain(Settings settings, String topic, String... more) {
        ConsumerRecord<byte[], byte[]> record = any(settings, topic);
        return explain(topic, new TopicPartition(topic, record.partition()), record.offset(), more);
    }

    private static void shouldExplain(Settings replayed) {
        String models = Path.of("src/test/resources/models").toString();
        for (String topic :
                List.of(replayed.output().labels(), replayed.output().embeddings())) {
            Result same = explain(replayed, topic, "--models", models);
            assertThat(same.text())
                    .contains("runtime and instruction set: the same")
                    .contains("the same bits");
            assertThat(same.exitCode()).isZero();
            // Of the two models, the other.
            String other = model(replayed.model().file().toString().contains("fp32") ? "int8" : "fp32");
            Result differs = explain(replayed, topic, "--model", other);
            assertThat(differs.text())
                    .contains("model's SHA-256 was ")
                    .contains("OTHER BITS")
                    .containsPattern("at most [0-9.E-]+ apart");
            assertThat(differs.exitCode()).isEqualTo(1);
        }
        Result followed = explain(replayed, replayed.output().labels(), "--set", "model.folder=" + models);
        assertThat(followed.text()).contains("the same bits");
        assertThat(followed.exitCode()).isZero();
        Result rejected = explain(replayed, replayed.output().deadLetters(), "--models", models);
        assertThat(rejected.text()).contains("rejected for the same reason");
        assertThat(rejected.exitCode()).isZero();
        Result none = explain(replayed, replayed.output().labels(), "--models", "src/test/oracle");
        assertThat(none.text()).contains("has SHA-256").contains("there are: none");
        assertThat(none.exitCode()).isEqualTo(1);
    }

    @Test
    void shouldReplayTheRangeAndNothingElse() throws Exception {
        String into = "replay-range-" + System.nanoTime() + ".";
        Settings settings = Replay.settings(settings("fp32", 8, 1, 1, 2), "range", into);
        List<SourceRange> range = ranges(Bound.parse("1:10,2:0"), Bound.parse("1:25,2:0"));
        try (FrameEngine engine = Engines.open(settings);
                Replay replay = Replay.prepare(settings, range)) {
            assertThat(replay.run(engine)).isTrue();
            assertThat(engine.statistics().pictures()
                            + engine.statistics().rejected()
                            + engine.statistics().cancelled())
                    .as("frames that the engine saw")
                    .isLessThanOrEqualTo(15);
        }
        Map<String, String> bits = bits(settings);
        assertThat(bits).isNotEmpty();
        assertThat(bits.keySet()).allMatch(place -> {
            String[] at = place.substring(place.lastIndexOf(' ') + 1).split("-");
            return at[0].equals("1") && Integer.parseInt(at[1]) >= 10 && Integer.parseInt(at[1]) < 25;
        });
        // Done is done, another range is another replay, and its topics are taken.
        try (FrameEngine engine = Engines.open(settings);
                Replay again = Replay.prepare(settings, range)) {
            assertThat(again.run(engine)).isTrue();
            assertThat(engine.statistics().pictures()).isZero();
        }
        assertThatThrownBy(() -> Replay.prepare(settings, ranges(Bound.parse("1:40"), Bound.parse("1:50"))))
                .isInstanceOf(ProcessorFailedException.class)
                .hasMessageContaining("was begun with another range");
        Settings other = Replay.settings(settings("fp32", 8, 1, 1, 2), "other", into);
        assertThatThrownBy(() -> Replay.prepare(other, range))
                .isInstanceOf(ProcessorFailedException.class)
                .hasMessageContaining("holds answers already");
    }

    @Test
    void shouldNameTransactionsByTheReplayAndNotByTheStart() {
        assertThat(ReplayClients.transactionalId("patchstream-replay-x.1-0fdc5d1b-3c9c-4f0e-9a52-9f4a7e6b5c11-2"))
                .isEqualTo("patchstream-replay-x.1-2");
    }

    @Test
    void shouldNeverWriteWhereTheLiveProcessorDoes() {
        Map<String, String> live = Map.of(
                "output.labels", "live.labels", "output.embeddings", "x", "output.dead-letters", "live.dead-letters");
        assertThatThrownBy(() -> Replay.settings(live, "id", "live."))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(
                        "--into live. names the live processor's topics [live.labels, live.dead-letters]");
    }
}
