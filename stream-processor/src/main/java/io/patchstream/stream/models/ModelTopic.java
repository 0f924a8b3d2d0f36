package io.patchstream.stream.models;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.settings.Settings;
import io.patchstream.vision.model.ContractException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsConfig;

/** A reader of the models topic that belongs to no group. For one thread at a time. */
public final class ModelTopic implements AutoCloseable {
    /** What the topic is called where the settings do not name it. */
    public static final String USUAL_NAME = "patchstream.models";

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A broker may not have heard yet of a topic that was just made. */
    private static final Duration APPEARANCE = Duration.ofSeconds(5);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Published> latest = new TreeMap<>();

    /**
     * The last record of a slot.
     *
     * @param slot its key
     * @param place topic, partition and offset, for people
     * @param model what it names; empty where it names none
     * @param problem why it names none
     */
    public record Published(String slot, String place, Optional<ModelRecord> model, String problem) {
        static Published of(String slot, String place, byte[] value) {
            try {
                return new Published(slot, place, Optional.of(ModelRecord.parse(value)), "");
            } catch (ModelRefusedException e) {
                return new Published(slot, place, Optional.empty(), e.getMessage());
            }
        }
    }

    private ModelTopic(KafkaConsumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /**
     * Reads the topic to its end; the caller closes it.
     *
     * @throws ContractException when it is not there, or cannot be read; the message says what to do
     */
    @MustBeClosed
    public static ModelTopic open(Settings settings) {
        String name = nameIn(settings);
        Map<String, Object> properties = new HashMap<>(settings.kafka());
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.stream().applicationId());
        ModelTopic topic = null;
        boolean read = false;
        try {
            Map<String, Object> config =
                    new HashMap<>(new StreamsConfig(properties).getRestoreConsumerConfigs("patchstream-models"));
            config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
            config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
            config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
            topic = new ModelTopic(
                    new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
            topic.readAll(name);
            read = true;
            return topic;
        } catch (KafkaException e) {
            throw new ContractException("the models topic " + name + " cannot be read (kafka.bootstrap.servers="
                    + settings.kafka().get("bootstrap.servers") + "): " + e.getMessage());
        } finally {
            if (topic != null && !read) {
                topic.close();
            }
        }
    }

    /** What the topic is called. */
    public static String nameIn(Settings settings) {
        String named = settings.model().topic();
        return named.isEmpty() ? USUAL_NAME : named;
    }

    private void readAll(String name) {
        long appears = System.nanoTime() + APPEARANCE.toNanos();
        List<PartitionInfo> infos = consumer.partitionsFor(name, PATIENCE);
        while (infos.isEmpty() && System.nanoTime() < appears) {
            infos = consumer.partitionsFor(name, PATIENCE);
        }
        if (infos.isEmpty()) {
            throw new ContractException("there is no topic " + name + ": make it with ./patchstream topics create --set"
                    + " model.topic=" + name);
        }
        List<TopicPartition> partitions = infos.stream()
                .map(info -> new TopicPartition(name, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey(), PATIENCE) < end.getValue())) {
            if (System.nanoTime() > deadline) {
                throw new ContractException(
                        "the models topic " + name + " could not be read to its end in " + PATIENCE);
            }
            poll(POLL);
        }
    }

    /** The last record of every slot so far, by slot. */
    public Map<String, Published> latest() {
        return Map.copyOf(latest);
    }

    /** The last record of a slot so far. */
    Optional<Published> latest(String slot) {
        return Optional.ofNullable(latest.get(slot));
    }

    /** Waits for records; how many came. */
    int poll(Duration patience) {
        int count = 0;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            count++;
            if (record.key() != null) {
                String slot = new String(record.key(), UTF_8);
                String place = record.topic() + "-" + record.partition() + "@" + record.offset();
                latest.put(slot, Published.of(slot, place, record.value()));
            }
        }
        return count;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
