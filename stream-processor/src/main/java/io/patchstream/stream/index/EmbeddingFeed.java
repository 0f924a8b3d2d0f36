package io.patchstream.stream.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.publish.PointJson;
import io.patchstream.stream.settings.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills {@link EmbeddingSpaces} from the embeddings topic: read_committed, every partition from its beginning, in no
 * group. A record adds its point, a tombstone takes the point with its key out. What cannot be read is counted and left
 * out.
 *
 * <p>{@link #catchUp} and then {@link #follow}, by the thread that opened it; {@link #spaces} may be read by any thread.
 */
public final class EmbeddingFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddingFeed.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STUCK = Duration.ofSeconds(90);
    private static final long CLOSE_MILLIS = 10_000;

    private final String topic;

    /** Whether the topic's values are Avro; otherwise they are JSON. */
    private final boolean avro;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final AvroDeserializer<Embedding> deserializer = new AvroDeserializer<>();
    private final EmbeddingSpaces spaces;

    private Thread follower;
    private volatile boolean closed;
    private volatile long unreadable;
    private volatile RuntimeException failure;

    private EmbeddingFeed(Settings settings, int exactUpTo, KafkaConsumer<byte[], byte[]> consumer) {
        this.avro = settings.output().format().hasAvro();
        this.topic = topic(settings);
        this.consumer = consumer;
        this.spaces = new EmbeddingSpaces(exactUpTo);
        Map<String, Object> config = new HashMap<>(settings.serde().config());
        config.put("specific.avro.reader", "true");
        deserializer.configure(config, false);
    }

    /**
     * A feed of {@code output.embeddings} with the clients' settings of {@code settings}; nothing is read yet. The caller
     * closes it.
     *
     * @param exactUpTo how many points of a model are searched one by one
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosed") // The feed owns the consumer.
    public static EmbeddingFeed open(Settings settings, int exactUpTo) {
        Map<String, Object> properties = new HashMap<>(settings.kafka());
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.stream().applicationId());
        Map<String, Object> config =
                new HashMap<>(new StreamsConfig(properties).getRestoreConsumerConfigs("patchstream-index"));
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        return new EmbeddingFeed(
                settings,
                exactUpTo,
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /**
     * Reads all that is committed when it is called, and returns then.
     *
     * @throws KafkaException when the topic is not there or the broker does not answer
     */
    public void catchUp() {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("there is no topic " + topic);
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long progress = System.nanoTime();
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            if (poll() > 0) {
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > STUCK.toNanos()) {
                throw new KafkaException(
                        "nothing can be read of topic " + topic + " before its end for " + STUCK.toSeconds() + " s");
            }
        }
        LOG.atInfo()
                .addKeyValue("topic", topic)
                .addKeyValue("points", spaces.size())
                .addKeyValue("unreadable", unreadable)
                .log("embeddings indexed");
    }

    /** Goes on with what comes, on a thread of its own, until it is closed. After {@link #catchUp}. */
    public void follow() {
        follower = new Thread(this::followOn, "embedding-feed");
        follower.setDaemon(true);
        follower.start();
    }

    private void followOn() {
        try {
            while (!closed) {
                poll();
            }
        } catch (WakeupException e) {
            // Closed.
        } catch (RuntimeException e) {
            failure = e;
            LOG.atError().addKeyValue("topic", topic).setCause(e).log("the index does not grow any more");
        }
    }

    private int poll() {
        int count = 0;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            apply(record);
            count++;
        }
        return count;
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.key() == null) {
                throw new IllegalArgumentException("it has no key");
            } else if (record.value() == null) {
                spaces.delete(new String(record.key(), UTF_8));
            } else {
                spaces.upsert(Point.of(read(record)));
            }
        } catch (SerializationException | IllegalArgumentException | ClassCastException e) {
            if (unreadable++ == 0) {
                LOG.atWarn()
                        .addKeyValue("topic", topic)
                        .addKeyValue("partition", record.partition())
                        .addKeyValue("offset", record.offset())
                        .setCause(e)
                        .log("a record that is no embedding is left out; others are only counted");
            }
        }
    }

    private Embedding read(ConsumerRecord<byte[], byte[]> record) {
        return avro
                ? deserializer.deserialize(topic, record.headers(), record.value())
                : PointJson.read(record.value());
    }

    /** The topic that is read: {@code output.embeddings}, or its JSON form where there is no other. */
    public static String topic(Settings settings) {
        return settings.output().format().hasAvro()
                ? settings.output().embeddings()
                : settings.output().embeddingsJson();
    }

    /** What was read up to now. */
    public EmbeddingSpaces spaces() {
        return spaces;
    }

    /** How many records could not be read. */
    public long unreadable() {
        return unreadable;
    }

    /** Why nothing new comes any more; empty while all is well. */
    public Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void close() {
        closed = true;
        if (follower != null) {
            consumer.wakeup();
            try {
                follower.join(CLOSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (follower.isAlive()) {
                LOG.warn("the embedding feed did not stop in {} ms", CLOSE_MILLIS);
                return;
            }
        }
        consumer.close();
        deserializer.close();
        spaces.close();
    }
}
