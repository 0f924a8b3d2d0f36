package io.patchstream.stream.replay;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Hides what lies at or after a replay's end, before the look-ahead or Kafka Streams sees it. One per stream thread, made
 * by Kafka.
 */
public final class EndFilter implements ConsumerInterceptor<byte[], byte[]> {
    private ReplayEnds ends;

    @Override
    public void configure(Map<String, ?> configs) {
        ends = ReplayEnds.parse(String.valueOf(configs.get(ReplayEnds.KEY)));
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> kept = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> within = records.records(partition).stream()
                    .filter(record -> record.offset() < ends.end(partition))
                    .toList();
            if (!within.isEmpty()) {
                kept.put(partition, within);
            }
        }
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        records.nextOffsets().forEach((partition, offset) -> {
            long end = ends.end(partition);
            next.put(
                    partition,
                    offset.offset() <= end
                            ? offset
                            : new OffsetAndMetadata(end, offset.leaderEpoch(), offset.metadata()));
        });
        return new ConsumerRecords<>(kept, next);
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        // The range's end is a matter of reading.
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
