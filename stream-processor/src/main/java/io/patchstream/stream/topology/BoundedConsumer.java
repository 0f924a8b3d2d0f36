package io.patchstream.stream.topology;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A stream thread's main consumer that gives out no more records while the thread holds its share of bytes. It still polls,
 * with its partitions paused, so that it stays in the group; what Kafka Streams has paused itself stays paused.
 *
 * <p>Kafka bounds what is held by the number of records: 64 partitions of 4K frames are gigabytes.
 */
public class BoundedConsumer extends KafkaConsumer<byte[], byte[]> {
    private final FrameIntake intake;

    public BoundedConsumer(Map<String, Object> config) {
        super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.intake = (FrameIntake) config.get(LookAhead.INTAKE);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (intake == null || !intake.isFull(Thread.currentThread().getName())) {
            return super.poll(timeout);
        }
        Set<TopicPartition> ours =
                new TreeSet<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        ours.addAll(assignment());
        ours.removeAll(paused());
        pause(ours);
        try {
            // Without waiting: there is work to do, and it is what makes room.
            return super.poll(Duration.ZERO);
        } finally {
            // A rebalance may have taken some away meanwhile.
            ours.retainAll(assignment());
            resume(ours);
        }
    }

    @Override
    public void close() {
        forget();
        super.close();
    }

    @Override
    public void close(org.apache.kafka.clients.consumer.CloseOptions option) {
        forget();
        super.close(option);
    }

    private void forget() {
        if (intake != null) {
            intake.forget(Thread.currentThread().getName());
        }
    }
}
