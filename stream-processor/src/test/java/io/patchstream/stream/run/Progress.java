package io.patchstream.stream.run;

import io.patchstream.stream.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How far a processor's topics are, as the broker says. */
final class Progress implements AutoCloseable {
    private final Settings settings;
    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> watcher;
    private long labels;

    Progress(Settings settings) {
        this.settings = settings;
        this.admin = Admin.create(Map.of("bootstrap.servers", settings.kafka().get("bootstrap.servers")));
        this.watcher = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        settings.kafka().get("bootstrap.servers"),
                        "isolation.level",
                        "read_uncommitted",
                        "max.poll.records",
                        "5000"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = watcher
                .partitionsFor(settings.output().labels())
                .stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        watcher.assign(partitions);
        watcher.seekToBeginning(partitions);
    }

    /** Labels written until now, whether committed or not; grows while frames are being answered. */
    long labels() {
        Map<TopicPartition, Long> ends = watcher.endOffsets(watcher.assignment());
        while (ends.entrySet().stream().anyMatch(end -> watcher.position(end.getKey()) < end.getValue())) {
            labels += watcher.poll(Duration.ofMillis(100)).count();
        }
        return labels;
    }

    /** Whether the group has committed every frame and no transaction is open on the answers' topics. */
    boolean isSettled() throws Exception {
        return isCommitted()
                && ends(outputs(), IsolationLevel.READ_COMMITTED) == ends(outputs(), IsolationLevel.READ_UNCOMMITTED);
    }

    /** Whether the group has committed every frame, be its answers visible or hidden by another's open transaction. */
    boolean isCommitted() throws Exception {
        long committed = admin
                .listConsumerGroupOffsets(settings.stream().applicationId())
                .partitionsToOffsetAndMetadata()
                .get()
                .values()
                .stream()
                .mapToLong(offset -> offset == null ? 0 : offset.offset())
                .sum();
        return committed == ends(settings.input().topics(), IsolationLevel.READ_UNCOMMITTED);
    }

    /** Members of the group: stream threads that share the partitions. */
    int members() throws Exception {
        return admin.describeConsumerGroups(List.of(settings.stream().applicationId()))
                .all()
                .get()
                .values()
                .iterator()
                .next()
                .members()
                .size();
    }

    private List<String> outputs() {
        return Stream.of(
                        settings.output().labels(),
                        settings.output().embeddings(),
                        settings.output().deadLetters())
                .toList();
    }

    private long ends(List<String> topics, IsolationLevel isolation) throws Exception {
        Map<TopicPartition, OffsetSpec> partitions =
                admin.describeTopics(topics).allTopicNames().get().values().stream()
                        .flatMap(topic -> topic.partitions().stream()
                                .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                        .collect(java.util.stream.Collectors.toMap(
                                partition -> partition, partition -> OffsetSpec.latest()));
        return admin.listOffsets(partitions, new ListOffsetsOptions(isolation)).all().get().values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    @Override
    public void close() {
        watcher.close();
        admin.close();
    }
}
