package io.patchstream.stream.topology;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;

/**
 * Submits every polled frame to the engine before Kafka Streams sees it, so that batches form across partitions, tasks and
 * threads while each frame is still processed one by one.
 *
 * <p>Why here: it is the only public hook that sees records before they are queued, on both group protocols. If it fails,
 * Kafka logs that and goes on, and the classifier submits the frame itself: slower, never wrong. One per stream thread,
 * used by that thread alone.
 */
public final class LookAhead implements ConsumerInterceptor<byte[], byte[]> {
    /** The consumer's configuration key under which the {@link FrameIntake} is handed in. */
    public static final String INTAKE = "patchstream.intake";

    private FrameIntake intake;

    @Override
    public void configure(Map<String, ?> configs) {
        if (!(configs.get(INTAKE) instanceof FrameIntake given)) {
            throw new ConfigException(INTAKE + " holds no FrameIntake; StreamsProperties puts it there");
        }
        intake = given;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        String owner = Thread.currentThread().getName();
        List<Iterator<ConsumerRecord<byte[], byte[]>>> partitions = new ArrayList<>();
        for (TopicPartition partition : records.partitions()) {
            partitions.add(records.records(partition).iterator());
        }
        // Round-robin, since Streams takes from its tasks in turn: the frame that it waits for first is inferred first.
        while (!partitions.isEmpty()) {
            for (Iterator<Iterator<ConsumerRecord<byte[], byte[]>>> round = partitions.iterator(); round.hasNext(); ) {
                Iterator<ConsumerRecord<byte[], byte[]>> partition = round.next();
                if (partition.hasNext()) {
                    intake.lookAhead(partition.next(), owner);
                } else {
                    round.remove();
                }
            }
        }
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        // Commits are the classifier's transaction; nothing is kept here.
    }

    @Override
    public void close() {
        // The intake belongs to the process.
    }
}
