package io.patchstream.schemas;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The leaders of topics that were created a moment ago. A partition takes writes when it has one. A producer that comes
 * earlier can see a later batch taken and the first one refused (OUT_OF_ORDER_SEQUENCE_NUMBER), again and again until
 * {@code delivery.timeout.ms} has gone and the batch is lost.
 */
public final class TopicLeaders {
    private static final long RETRY_MILLIS = 20;

    private TopicLeaders() {}

    /**
     * Waits until each partition has one that answers.
     *
     * @throws ExecutionException when a topic cannot be described or asked for its end
     * @throws TimeoutException when some partition has none in time
     */
    public static void await(Admin admin, Collection<String> topics, Duration patience)
            throws ExecutionException, TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        for (String topic : topics) {
            described(admin, topic, deadline)
                    .partitions()
                    .forEach(partition ->
                            partitions.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
        }
        // Asked of the leaders themselves, and again until there is one.
        admin.listOffsets(partitions).all().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** The topic, once the broker that is asked has heard of it. */
    private static TopicDescription described(Admin admin, String topic, long deadline)
            throws ExecutionException, TimeoutException, InterruptedException {
        while (true) {
            try {
                return admin.describeTopics(List.of(topic))
                        .topicNameValues()
                        .get(topic)
                        .get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }
}
