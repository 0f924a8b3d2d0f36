package io.patchstream.stream.replay;

import io.patchstream.stream.topology.BoundedConsumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** A consumer that stops fetching a partition once the replay's end is reached there, however much follows. */
final class ReplayConsumer extends BoundedConsumer {
    private final ReplayEnds ends;

    ReplayConsumer(Map<String, Object> config, ReplayEnds ends) {
        super(config);
        this.ends = ends;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
        List<TopicPartition> done = records.nextOffsets().entrySet().stream()
                .filter(next -> next.getValue().offset() >= ends.end(next.getKey()))
                .map(Map.Entry::getKey)
                .filter(assignment()::contains)
                .toList();
        // Kafka Streams resumes what it paused itself; should it resume this, the next poll pauses it again.
        pause(done);
        return records;
    }
}
