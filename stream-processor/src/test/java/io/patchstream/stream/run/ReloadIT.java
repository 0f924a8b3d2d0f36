package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.engine.TinyFolder;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A models folder that is followed by a processor on a real broker, while frames flow. */
@ExtendWith(RealKafka.class)
class ReloadIT {
    private static final int CAMERAS = 6;
    private static final int STEP = 100;

    @TempDir
    private Path path;

    @Test
    void shouldAnswerEveryFrameOnceWhileModelsChangeAndABadOneIsRefused(RealKafka.Broker broker) throws Exception {
        TinyFolder folder = new TinyFolder(path);
        folder.put("v1", "fp32");
        Map<String, String> values = new HashMap<>(broker.settings("reload"));
        values.put("model.folder", path.toString());
        Settings settings = Settings.of(values);
        FrameFeeder.createTopics(settings, 4);
        Cameras cameras = new Cameras();
        try (FrameFeeder feeder = new FrameFeeder(settings, CAMERAS, cameras::payload);
                Progress progress = new Progress(settings);
                FrameEngine engine = Engines.openAndFollow(settings);
                StreamProcessor processor = StreamProcessor.start(settings, engine);
                Flow flow = new Flow(feeder)) {
            processor.awaitRunning(Duration.ofSeconds(60));
            String fp32 = engine.model().sha256();
            int allowed = STEP;
            flow.allow(allowed);
            await().atMost(Duration.ofSeconds(60)).until(() -> progress.labels() > 0);
            for (int version = 2; version <= 5; version++) {
                folder.put("v" + version, version % 2 == 0 ? "int8" : "fp32");
                int taken = version - 1;
                allowed = flowUntil(
                        flow, feeder, allowed, () -> engine.statistics().modelsTaken() == taken);
            }
            Files.writeString(path.resolve("v6.onnx"), "not a model");
            allowed = flowUntil(flow, feeder, allowed, () -> engine.statistics().modelsRefused() == 1);
            int all = allowed + STEP;
            flow.allow(all);
            await().atMost(Duration.ofSeconds(60)).until(() -> feeder.written() == all);
            await().atMost(Duration.ofSeconds(60)).until(progress::isSettled);
            assertThat(engine.model().sha256()).isEqualTo(fp32);

            FrameAccounts accounts = FrameAccounts.audit(settings);
            Map<String, Integer> byModel = labelsByModel(settings);
            System.out.println(accounts.frames() + " frames, labels by model " + byModel);
            assertThat(accounts.frames()).isEqualTo(all);
            assertThat(accounts.lost()).isEmpty();
            assertThat(accounts.duplicated()).isEmpty();
            assertThat(accounts.outOfOrder()).isEmpty();
            assertThat(byModel).hasSize(2).containsKey(fp32);
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds();
    }

    /** Frames go on flowing, a step at a time, until it holds; how many are allowed then. */
    private static int flowUntil(Flow flow, FrameFeeder feeder, int allowed, Condition condition) {
        int now = allowed;
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        do {
            assertThat(System.nanoTime()).isLessThan(deadline);
            now += STEP;
            int step = now;
            flow.allow(step);
            await().atMost(Duration.ofSeconds(60)).until(() -> feeder.written() == step);
        } while (!condition.holds());
        return now;
    }

    private static Map<String, Integer> labelsByModel(Settings settings) {
        Map<String, Integer> byModel = new TreeMap<>();
        try (AvroDeserializer<Classification> labels = new AvroDeserializer<>(Classification.class);
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                settings.kafka().get("bootstrap.servers"),
                                "isolation.level",
                                "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            labels.configure(settings.serde().config(), false);
            String topic = settings.output().labels();
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    String model = labels.deserialize(topic, record.value())
                            .getLineage()
                            .getModelSha256();
                    byModel.merge(model, 1, Integer::sum);
                }
            }
        }
        return byModel;
    }
}
