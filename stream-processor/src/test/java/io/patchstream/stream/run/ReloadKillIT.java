package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.engine.TinyFolder;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.ledger.LedgerCheckCommand;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A processor is killed again and again while a model of its folder is being loaded, takes over, or has just done so. Every
 * frame must have one answer all the same, and the answer must be that of the model which it names: each is computed again
 * here, by an engine that never changed its model.
 */
@ExtendWith(RealKafka.class)
class ReloadKillIT {
    private static final int LIVES = 9;
    /** On a fast machine a load is over so soon that some kills come too late: the lives go on until enough came in time. */
    private static final int MOST_LIVES = 40;
    /** How many kills must hit a load, and how many the moments after a take-over. */
    private static final int ENOUGH = 2;

    private static final int CAMERAS = 6;
    private static final int STEP = 200;
    private static final int KINDS = 16;
    private static final long SEED = 20261127;
    private static final Path LOGS = Path.of("target", "reload-kill");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String LOADING = "a model is loaded beside the one in force";
    private static final String TAKEN = "another model has taken over";

    @TempDir
    private Path path;

    @Test
    void shouldAnswerEveryFrameOnceByTheModelThatItNamesThoughKilledDuringTakeOvers(RealKafka.Broker broker)
            throws Exception {
        TinyFolder folder = new TinyFolder(path);
        folder.put("v1", "fp32");
        Map<String, String> values = settings(broker, path);
        Settings settings = Settings.of(values);
        FrameFeeder.createTopics(settings, 4);
        Random random = new Random(SEED);
        int beforeTakeOver = 0;
        int afterTakeOver = 0;
        long loadNanos = TimeUnit.SECONDS.toNanos(1);
        try (FrameFeeder feeder = new FrameFeeder(settings, CAMERAS, new Cameras()::payload);
                Flow flow = new Flow(feeder);
                Progress progress = new Progress(settings)) {
            for (int life = 1;
                    life <= LIVES || life <= MOST_LIVES && Math.min(beforeTakeOver, afterTakeOver) < ENOUGH;
                    life++) {
                try (ProcessorProcess processor =
                        ProcessorProcess.start(values, LOGS.resolve("life-" + life + ".log"))) {
                    // More than are answered before the kill: they flow all the while.
                    flow.allow(feeder.sent() + 20 * STEP);
                    awaitAnswers(processor, progress);
                    folder.put("v" + (life + 1), life % 2 == 0 ? "fp32" : "int8");
                    processor.awaitLog(LOADING, PATIENCE);
                    long loading = System.nanoTime();
                    if (life % 3 == 1) {
                        processor.awaitLog(TAKEN, PATIENCE);
                        loadNanos = System.nanoTime() - loading;
                    }
                    // The random moment of the fault: just after the take-over, while the model is loaded, or either.
                    double share = life % 3 == 1 ? 0.3 : life % 3 == 2 ? 0.7 : 2;
                    TimeUnit.NANOSECONDS.sleep((long) (share * random.nextDouble() * loadNanos));
                    processor.kill();
                    if (processor.log().contains(TAKEN)) {
                        afterTakeOver++;
                    } else {
                        beforeTakeOver++;
                    }
                }
                flow.allow(feeder.sent());
            }
            flow.allow(feeder.sent() + STEP);
            try (ProcessorProcess processor = ProcessorProcess.start(values, LOGS.resolve("last.log"))) {
                await().atMost(PATIENCE).until(() -> feeder.written() == feeder.sent() && progress.isSettled());
                assertThat(processor.terminate(Duration.ofSeconds(20)))
                        .as(processor.log())
                        .isZero();
            }
            FrameAccounts accounts = FrameAccounts.audit(settings);
            Map<String, Integer> byModel = assertEachAnswerIsThatOfItsModel(settings);
            System.out.println(accounts.frames() + " frames, " + accounts.aborted() + " aborted records, "
                    + beforeTakeOver + " kills while loading, " + afterTakeOver + " after, labels by model " + byModel);
            assertThat(beforeTakeOver).as("kills while a model was loaded").isGreaterThanOrEqualTo(ENOUGH);
            assertThat(afterTakeOver)
                    .as("kills while, or soon after, a model took over")
                    .isGreaterThanOrEqualTo(ENOUGH);
            assertThat(accounts.aborted())
                    .as("records that were written and not committed")
                    .isPositive();
            assertThat(accounts.frames()).isEqualTo(feeder.sent());
            assertThat(accounts.lost()).isEmpty();
            assertThat(accounts.duplicated()).isEmpty();
            assertThat(accounts.outOfOrder()).isEmpty();
            assertThat(byModel).hasSize(2);
            assertLedgerBalances(values);
        }
    }

    private static Map<String, String> settings(RealKafka.Broker broker, Path folder) {
        Map<String, String> values = new HashMap<>(broker.settings("reload-kill"));
        values.put("model.folder", folder.toString());
        // The next life aborts the transaction of the last one at once, and takes its partitions soon.
        values.put("instance.id", "pod-0");
        values.put("commit.interval", "2s");
        values.put("kafka.consumer.session.timeout.ms", "3000");
        values.put("kafka.consumer.heartbeat.interval.ms", "700");
        return values;
    }

    private static void awaitAnswers(ProcessorProcess processor, Progress progress) {
        long before = progress.labels();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !processor.isAlive() || progress.labels() > before);
        assertThat(processor.isAlive()).as(processor.log()).isTrue();
    }

    /** How many labels each model gave. */
    private static Map<String, Integer> assertEachAnswerIsThatOfItsModel(Settings settings) throws Exception {
        Map<String, List<String>> expected = new HashMap<>();
        for (String precision : List.of("fp32", "int8")) {
            Map<String, String> values =
                    Map.of("model", TinyFolder.original(precision).toString());
            try (FrameEngine engine = Engines.open(Settings.of(values))) {
                expected.put(engine.model().sha256(), answers(engine));
            }
        }
        Map<String, String> modelOfPosition = new HashMap<>();
        Map<String, Integer> byModel = new TreeMap<>();
        try (AvroDeserializer<Classification> labels = new AvroDeserializer<>(Classification.class);
                AvroDeserializer<Embedding> points = new AvroDeserializer<>(Embedding.class);
                Lookup lookup = Lookup.open(settings)) {
            labels.configure(settings.serde().config(), false);
            points.configure(settings.serde().config(), false);
            lookup.readAll(settings.output().labels(), record -> {
                Classification label = labels.deserialize(record.topic(), record.value());
                String model = label.getLineage().getModelSha256();
                int kind = Integer.parseInt(label.getFrameId().substring("frame-".length())) % KINDS;
                assertThat(expected).containsKey(model);
                assertThat(text(label)).isEqualTo(expected.get(model).get(kind));
                byModel.merge(model, 1, Integer::sum);
                modelOfPosition.put(
                        label.getLineage().getSourcePartition() + "@"
                                + label.getLineage().getSourceOffset(),
                        model);
            });
            lookup.readAll(settings.output().embeddings(), record -> {
                Embedding point = points.deserialize(record.topic(), record.value());
                assertThat(modelOfPosition)
                        .containsEntry(
                                point.getLineage().getSourcePartition() + "@"
                                        + point.getLineage().getSourceOffset(),
                                point.getLineage().getModelSha256());
            });
        }
        return byModel;
    }

    /** What the engine says of each kind of picture. */
    private static List<String> answers(FrameEngine engine) throws InterruptedException {
        Cameras cameras = new Cameras();
        List<String> answers = new ArrayList<>();
        for (int kind = 0; kind < KINDS; kind++) {
            ByteBuffer payload = ByteBuffer.wrap(cameras.payload(KINDS * 2 + kind));
            FrameHead head = new FrameHead("picture", "camera", 0, 0, 1, Map.of());
            answers.add(engine.await(engine.submit(FrameRequest.of(
                            new FrameSource("oracle", "pictures", 0),
                            () -> new EncodedFrame(head, EncodedFrame.Encoding.JPEG, payload))))
                    .fold(
                            classified -> classified.pictures().get(0).topK().stream()
                                    .map(score -> score.index() + "=" + Float.floatToIntBits(score.probability()))
                                    .collect(Collectors.joining(" ")),
                            rejected -> rejected.message(),
                            dropped -> dropped.reason().toString()));
        }
        return answers;
    }

    private static String text(Classification label) {
        return label.getTopK().stream()
                .map(score -> score.getIndex() + "=" + Float.floatToIntBits(score.getProbability()))
                .collect(Collectors.joining(" "));
    }

    private static void assertLedgerBalances(Map<String, String> values) {
        StringWriter text = new StringWriter();
        List<String> arguments = new ArrayList<>();
        values.forEach((key, value) -> arguments.add("--set=" + key + "=" + value));
        int exitCode = new CommandLine(new LedgerCheckCommand())
                .setOut(new PrintWriter(text))
                .setErr(new PrintWriter(text))
                .execute(arguments.toArray(String[]::new));
        assertThat(exitCode).as(text.toString()).isZero();
    }
}
