package io.patchstream.bench.fault;

import io.patchstream.stream.settings.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** How far a run is, as its broker says. */
final class Progress implements AutoCloseable {
    private final Settings settings;
    private final Admin admin;

    Progress(Settings settings) {
        this.settings = settings;
        this.admin = Admin.create(Map.of("bootstrap.servers", settings.kafka().get("bootstrap.servers")));
    }

    /** Whether the group has committed every frame and no transaction is open on the topics of answers. */
    boolean isSettled() throws InterruptedException {
        try {
            long committed = get(
                            admin.listConsumerGroupOffsets(settings.stream().applicationId())
                                    .partitionsToOffsetAndMetadata())
                    .values()
                    .stream()
                    .mapToLong(offset -> offset == null ? 0 : offset.offset())
                    .sum();
            List<String> outputs = Audit.outputs(settings);
            return committed == ends(settings.input().topics(), IsolationLevel.READ_UNCOMMITTED)
                    && ends(outputs, IsolationLevel.READ_COMMITTED) == ends(outputs, IsolationLevel.READ_UNCOMMITTED);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private long ends(List<String> topics, IsolationLevel isolation)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        for (TopicDescription topic :
                get(admin.describeTopics(topics).allTopicNames()).values()) {
            topic.partitions()
                    .forEach(at ->
                            partitions.put(new TopicPartition(topic.name(), at.partition()), OffsetSpec.latest()));
        }
        return get(admin.listOffsets(partitions, new ListOffsetsOptions(isolation))
                        .all())
                .values()
                .stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    private static <T> T get(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        admin.close();
    }
}
