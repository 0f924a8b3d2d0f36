package io.patchstream.stream.demo;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.serde.AvroDeserializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what came out, as anybody would: by a consumer of its own that sees committed records only. Its thread is
 * {@code reader}; the listener is called on it.
 */
final class AnswerReader implements AutoCloseable {
    /** What to do with answers. */
    interface Listener {
        void label(Classification label);

        void deadLetter(ConsumerRecord<byte[], byte[]> letter);
    }

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final AvroDeserializer<Classification> labels = new AvroDeserializer<>(Classification.class);
    private final String labelsTopic;
    private final String deadLettersTopic;
    private final Listener listener;
    private final CountDownLatch finish = new CountDownLatch(1);
    private final CountDownLatch abandon = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "reader");
    private volatile RuntimeException failure;

    /** Starts to read both topics, which exist, from their beginning. */
    AnswerReader(
            Map<String, String> kafka,
            Map<String, String> serde,
            String labelsTopic,
            String deadLettersTopic,
            Listener listener) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "100");
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.labels.configure(serde, false);
        this.labelsTopic = labelsTopic;
        this.deadLettersTopic = deadLettersTopic;
        this.listener = listener;
        thread.start();
    }

    /** Why it stopped reading, if it did. */
    Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    private void run() {
        try {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : List.of(labelsTopic, deadLettersTopic)) {
                consumer.partitionsFor(topic)
                        .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
            }
            consumer.assign(partitions);
            while (finish.getCount() > 0) {
                poll();
            }
            // Nothing is written any more: where the topics end now, they end.
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (abandon.getCount() > 0
                    && ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                poll();
            }
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            consumer.close();
        }
    }

    private void poll() {
        consumer.poll(Duration.ofMillis(100)).forEach(answer -> {
            if (answer.topic().equals(labelsTopic)) {
                listener.label(labels.deserialize(answer.topic(), answer.value()));
            } else {
                listener.deadLetter(answer);
            }
        });
    }

    /**
     * Reads to the end of both topics; call it when nothing writes to them any more.
     *
     * @return whether the end was reached in time
     */
    boolean finish(Duration patience) throws InterruptedException {
        finish.countDown();
        thread.join(patience.toMillis());
        return !thread.isAlive() && failure == null;
    }

    /** Stops wherever it is. May be called twice. */
    @Override
    public void close() {
        finish.countDown();
        abandon.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        labels.close();
    }
}
