package io.patchstream.bench.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.Uncertain;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.publish.DeadLetters;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a run's topics from their beginning to where they end, and draws up the {@link Accounts}. */
final class Audit {
    /**
     * What was found.
     *
     * @param verdict the accounts
     * @param aborted answers that were written and never committed: the work that faults undid
     */
    record Found(Accounts.Verdict verdict, long aborted) {}

    private final Settings settings;
    private final Accounts accounts;
    private final boolean remembering;

    /** @param remembering whether uncertain pictures are due, as {@link RunPlan} asks for them */
    Audit(Settings settings, Accounts accounts, boolean remembering) {
        this.settings = settings;
        this.accounts = accounts;
        this.remembering = remembering;
    }

    Found of(Path ackLog) throws IOException {
        long committed = 0;
        try (AvroDeserializer<Frame> frames = new AvroDeserializer<>(Frame.class);
                AvroDeserializer<Classification> labels = new AvroDeserializer<>(Classification.class);
                AvroDeserializer<Embedding> points = new AvroDeserializer<>(Embedding.class);
                AvroDeserializer<Uncertain> uncertain = new AvroDeserializer<>(Uncertain.class);
                AckLog.Tail acks = new AckLog.Tail(ackLog)) {
            frames.configure(settings.serde().config(), false);
            labels.configure(settings.serde().config(), false);
            points.configure(settings.serde().config(), false);
            uncertain.configure(settings.serde().config(), false);
            read(settings.input().topics().get(0), "read_committed", record -> {
                long garbage = Frames.garbageNumber(record.value());
                accounts.onTopic(
                        record.partition(),
                        record.offset(),
                        garbage >= 0
                                ? garbage
                                : Frames.number(frames.deserialize(record.topic(), record.value())
                                        .getFrameId()));
            });
            acks.read(accounts::acknowledged);
            committed += read(settings.output().labels(), "read_committed", record -> {
                Classification label = labels.deserialize(record.topic(), record.value());
                accounts.label(
                        label.getLineage().getSourcePartition(),
                        label.getLineage().getSourceOffset(),
                        label.getFrameId(),
                        label.getCameraId(),
                        label.getSequence(),
                        label.getTopK().get(0).getIndex());
                if (remembering && label.getTopK().get(0).getProbability() < 1) {
                    accounts.doubted(
                            label.getLineage().getSourcePartition(),
                            label.getLineage().getSourceOffset(),
                            label.getCameraId(),
                            record.timestamp());
                }
            });
            committed += read(settings.output().embeddings(), "read_committed", record -> {
                Embedding point = points.deserialize(record.topic(), record.value());
                accounts.embedding(
                        point.getLineage().getSourcePartition(),
                        point.getLineage().getSourceOffset(),
                        point.getPayload().getFrame());
            });
            committed += read(
                    settings.output().deadLetters(),
                    "read_committed",
                    record -> accounts.deadLetter(
                            Integer.parseInt(text(record.headers(), DeadLetters.PARTITION)),
                            Long.parseLong(text(record.headers(), DeadLetters.OFFSET))));
            if (remembering) {
                read(settings.uncertain().topic(), "read_committed", record -> {
                    AnswerLineage lineage = uncertain
                            .deserialize(record.topic(), record.value())
                            .getAnswer()
                            .getLineage();
                    accounts.uncertain(lineage.getSourcePartition(), lineage.getSourceOffset());
                });
            }
        }
        long written = 0;
        for (String topic : outputs(settings)) {
            written += read(topic, "read_uncommitted", record -> {});
        }
        return new Found(accounts.close(), written - committed);
    }

    /** The topics of answers. */
    static List<String> outputs(Settings settings) {
        return List.of(
                settings.output().labels(),
                settings.output().embeddings(),
                settings.output().deadLetters());
    }

    private static String text(Headers headers, String key) {
        return new String(headers.lastHeader(key).value(), UTF_8);
    }

    /** Reads to where the topic ends now; the number of records. */
    private long read(String topic, String isolation, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        long count = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        settings.kafka().get("bootstrap.servers"),
                        "isolation.level",
                        isolation,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        "false",
                        "max.poll.records",
                        "5000"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    each.accept(record);
                    count++;
                }
            }
        }
        return count;
    }
}
