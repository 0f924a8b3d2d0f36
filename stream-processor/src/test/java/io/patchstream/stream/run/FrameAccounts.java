package io.patchstream.stream.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.publish.DeadLetters;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What became of every frame of an input topic, counted from what a read_committed consumer sees. A frame is answered when
 * its position has one label and one embedding, or one dead letter, and never both.
 *
 * @param frames records on the input topics
 * @param labels labels read
 * @param embeddings embeddings read
 * @param deadLetters dead letters read
 * @param lost positions without an answer
 * @param duplicated positions with more than one answer of a kind, or of both kinds
 * @param outOfOrder labels that follow a later frame of the same camera
 * @param withHeaders answers that carry a header
 * @param aborted records that were written and never committed: how much of the work a fault undid
 */
record FrameAccounts(
        long frames,
        long labels,
        long embeddings,
        long deadLetters,
        List<String> lost,
        List<String> duplicated,
        List<String> outOfOrder,
        List<String> withHeaders,
        long aborted) {

    /** Frames that have an answer of some kind. */
    long answered() {
        return frames - lost.size();
    }

    /** Reads all topics of {@code settings} from their beginning to where they end now. */
    static FrameAccounts audit(Settings settings) {
        try (Reader reader = new Reader(settings)) {
            return reader.audit();
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Settings settings, String isolation) {
        return new KafkaConsumer<>(
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
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private static final class Reader implements AutoCloseable {
        private final Settings settings;
        private final AvroDeserializer<Classification> classifications = new AvroDeserializer<>(Classification.class);
        private final AvroDeserializer<Embedding> points = new AvroDeserializer<>(Embedding.class);
        private final Map<String, Integer> labels = new TreeMap<>();
        private final Map<String, Integer> embeddings = new TreeMap<>();
        private final Map<String, Integer> deadLetters = new TreeMap<>();
        private final Map<String, Long> lastOfCamera = new HashMap<>();
        private final List<String> outOfOrder = new ArrayList<>();
        private final List<String> withHeaders = new ArrayList<>();

        Reader(Settings settings) {
            this.settings = settings;
            classifications.configure(settings.serde().config(), false);
            points.configure(settings.serde().config(), false);
        }

        FrameAccounts audit() {
            List<String> sources = new ArrayList<>();
            for (String input : settings.input().topics()) {
                read(input, "read_committed", record -> sources.add(position(record)));
            }
            long committed = read(settings.output().labels(), "read_committed", this::label)
                    + read(settings.output().embeddings(), "read_committed", this::embedding)
                    + read(settings.output().deadLetters(), "read_committed", this::deadLetter);
            long written = Stream.of(
                            settings.output().labels(),
                            settings.output().embeddings(),
                            settings.output().deadLetters())
                    .mapToLong(topic -> read(topic, "read_uncommitted", record -> {}))
                    .sum();
            List<String> lost = new ArrayList<>();
            List<String> duplicated = new ArrayList<>();
            for (String source : sources) {
                int label = labels.getOrDefault(source, 0);
                int embedding = embeddings.getOrDefault(source, 0);
                int deadLetter = deadLetters.getOrDefault(source, 0);
                String counts =
                        source + ": labels " + label + ", embeddings " + embedding + ", dead letters " + deadLetter;
                if (label + deadLetter == 0 || (deadLetter == 0 && embedding == 0)) {
                    lost.add(counts);
                } else if (label + deadLetter > 1 || embedding + deadLetter > 1) {
                    duplicated.add(counts);
                }
            }
            return new FrameAccounts(
                    sources.size(),
                    sum(labels),
                    sum(embeddings),
                    sum(deadLetters),
                    lost,
                    duplicated,
                    outOfOrder,
                    withHeaders,
                    written - committed);
        }

        private static long sum(Map<String, Integer> counts) {
            return counts.values().stream().mapToLong(Integer::longValue).sum();
        }

        private static String position(ConsumerRecord<?, ?> record) {
            return new SourcePosition(record.topic(), record.partition(), record.offset()).toString();
        }

        private void label(ConsumerRecord<byte[], byte[]> record) {
            Classification label = classifications.deserialize(record.topic(), record.value());
            var lineage = label.getLineage();
            count(labels, lineage.getSourceTopic(), lineage.getSourcePartition(), lineage.getSourceOffset());
            Long last = lastOfCamera.put(label.getCameraId(), label.getSequence());
            if (last != null && last > label.getSequence()) {
                outOfOrder.add(label.getCameraId() + ": " + label.getSequence() + " after " + last);
            }
            noHeaders(record);
        }

        private void embedding(ConsumerRecord<byte[], byte[]> record) {
            var lineage = points.deserialize(record.topic(), record.value()).getLineage();
            count(embeddings, lineage.getSourceTopic(), lineage.getSourcePartition(), lineage.getSourceOffset());
            noHeaders(record);
        }

        private void deadLetter(ConsumerRecord<byte[], byte[]> record) {
            count(
                    deadLetters,
                    text(record.headers(), DeadLetters.TOPIC),
                    Integer.parseInt(text(record.headers(), DeadLetters.PARTITION)),
                    Long.parseLong(text(record.headers(), DeadLetters.OFFSET)));
        }

        private static String text(Headers headers, String key) {
            return new String(headers.lastHeader(key).value(), UTF_8);
        }

        private static void count(Map<String, Integer> counts, String topic, int partition, long offset) {
            counts.merge(new SourcePosition(topic, partition, offset).toString(), 1, Integer::sum);
        }

        private void noHeaders(ConsumerRecord<byte[], byte[]> record) {
            if (record.headers().iterator().hasNext()) {
                withHeaders.add(position(record));
            }
        }

        /** Reads to where the topic ends now; the number of records. */
        private long read(String topic, String isolation, Consumer<ConsumerRecord<byte[], byte[]>> each) {
            long count = 0;
            try (KafkaConsumer<byte[], byte[]> consumer = consumer(settings, isolation)) {
                List<TopicPartition> partitions = partitions(consumer, topic);
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

        @Override
        public void close() {
            classifications.close();
            points.close();
        }
    }
}
