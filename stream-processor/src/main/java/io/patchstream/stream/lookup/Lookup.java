package io.patchstream.stream.lookup;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.schemas.TopicSpec;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsConfig;

/** A read_committed reader of any partition and any offset. For one thread. */
public final class Lookup implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    /** Longer than the longest transaction: until then one that is open may still end. */
    private static final Duration STUCK = Duration.ofSeconds(90);

    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> consumer;

    private Lookup(Admin admin, KafkaConsumer<byte[], byte[]> consumer) {
        this.admin = admin;
        this.consumer = consumer;
    }

    /** With the clients' settings of {@code settings}; the caller closes it. */
    @MustBeClosed
    public static Lookup open(Settings settings) {
        StreamsConfig clients = clients(settings);
        Map<String, Object> config = new HashMap<>(clients.getRestoreConsumerConfigs("patchstream-lookup"));
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        // A transaction's marker is a place without a record: Kafka's 500 ms would be waited for at each.
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
        Admin admin = Admin.create(clients.getAdminConfigs("patchstream-lookup"));
        try {
            return new Lookup(
                    admin, new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        } catch (RuntimeException e) {
            admin.close();
            throw e;
        }
    }

    /** Kafka's clients as the settings want them, group and client ids aside. */
    public static StreamsConfig clients(Settings settings) {
        Map<String, Object> properties = new HashMap<>(settings.kafka());
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.stream().applicationId());
        return new StreamsConfig(properties);
    }

    /**
     * The range of every partition of {@code topics} that both bounds name, cut to what the log holds.
     *
     * @throws ProcessorFailedException when a topic is not there
     */
    public List<SourceRange> ranges(List<String> topics, Bound from, Bound to) {
        List<TopicPartition> partitions =
                topics.stream().flatMap(topic -> partitions(topic).stream()).toList();
        Map<TopicPartition, Long> beginnings = beginnings(partitions);
        Map<TopicPartition, Long> ends = ends(partitions);
        Map<TopicPartition, Long> firsts = from.in(partitions, this);
        Map<TopicPartition, Long> lasts = to.in(partitions, this);
        List<SourceRange> ranges = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            if (firsts.containsKey(partition) && lasts.containsKey(partition)) {
                long beginning = beginnings.get(partition);
                long logEnd = Math.max(beginning, ends.get(partition));
                long first = Math.min(Math.max(firsts.get(partition), beginning), logEnd);
                long end = Math.max(first, Math.min(lasts.get(partition), logEnd));
                ranges.add(new SourceRange(partition, beginning, first, end));
            }
        }
        return ranges;
    }

    Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
        return offsets(partitions, OffsetSpec.earliest(), IsolationLevel.READ_COMMITTED);
    }

    /** Where readers of committed records come to an end. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
    }

    /** The first record of each partition that is no older than {@code time}; a partition without one is left out. */
    Map<TopicPartition, Long> noOlderThan(Instant time, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> offsets =
                offsets(partitions, OffsetSpec.forTimestamp(time.toEpochMilli()), IsolationLevel.READ_COMMITTED);
        offsets.values().removeIf(offset -> offset < 0);
        return offsets;
    }

    /** Asked of the admin client: a consumer warns of every partition that is not its own. */
    private Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, spec));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        await(
                        admin.listOffsets(asked, new ListOffsetsOptions(isolation))
                                .all(),
                        "finding offsets of " + sorted(partitions))
                .forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    /** The partitions of a topic, by number. */
    public List<TopicPartition> partitions(String topic) {
        return described(topic)
                .orElseThrow(() -> new ProcessorFailedException("there is no topic " + topic, null))
                .partitions()
                .stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .sorted(Comparator.comparingInt(TopicPartition::partition))
                .toList();
    }

    /**
     * Whether there is such a topic.
     *
     * @throws ProcessorFailedException when that may not be known: a list of all topics would leave it out, and what is
     *     forbidden would be taken for what is empty
     */
    public boolean exists(String topic) {
        return described(topic).isPresent();
    }

    private Optional<TopicDescription> described(String topic) {
        try {
            return Optional.of(await(
                    admin.describeTopics(List.of(topic)).topicNameValues().get(topic), "describing topic " + topic));
        } catch (ProcessorFailedException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof InvalidTopicException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Makes sure of a topic beside the pipeline's own, which one partition is enough for.
     *
     * @throws ProcessorFailedException when it is missing and may not or cannot be made; the message has the command
     */
    public void ensure(Settings settings, TopicSpec topic) {
        if (exists(topic.name())) {
            return;
        }
        if (!settings.topics().autoCreate()) {
            throw new ProcessorFailedException(
                    "topic " + topic.name() + " is missing. Create it, or set topics.auto.create=true:\n"
                            + new TopicPlan(settings).createCommand(topic, 1),
                    null);
        }
        await(
                admin.createTopics(List.of(
                                topic.toCreate(1, (short) settings.topics().replicationFactor())))
                        .all(),
                "creating topic " + topic.name());
    }

    /** What the group has committed; a partition without an offset is left out. Waits for commits that are under way. */
    public Map<TopicPartition, Long> committed(String group) {
        Map<TopicPartition, OffsetAndMetadata> offsets = await(
                admin.listConsumerGroupOffsets(
                                Map.of(group, new ListConsumerGroupOffsetsSpec()),
                                new ListConsumerGroupOffsetsOptions().requireStable(true))
                        .partitionsToOffsetAndMetadata(group),
                "reading the offsets of group " + group);
        Map<TopicPartition, Long> committed = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                committed.put(partition, offset.offset());
            }
        });
        return committed;
    }

    /** Whether retention or a deletion has taken the oldest records of the topic. */
    public boolean isTrimmed(String topic) {
        return beginnings(partitions(topic)).values().stream().anyMatch(offset -> offset > 0);
    }

    /** Whether a topic holds, or has held, any record. */
    public boolean isWritten(String topic) {
        return ends(partitions(topic)).values().stream().anyMatch(offset -> offset > 0);
    }

    /** The record at one place; empty when there is none, as where retention took it or a transaction's marker lies. */
    public Optional<ConsumerRecord<byte[], byte[]>> record(TopicPartition partition, long offset) {
        if (partitions(partition.topic()).stream().noneMatch(partition::equals)) {
            throw new ProcessorFailedException(
                    "topic " + partition.topic() + " has no partition " + partition.partition(), null);
        }
        long beginning = beginnings(List.of(partition)).get(partition);
        long end = ends(List.of(partition)).get(partition);
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        if (offset >= beginning && offset < end) {
            scan(partition, offset, offset + 1, found::add);
        }
        return found.stream().findFirst();
    }

    /** Shows {@code each} the records from {@code first} to before {@code end}, which the log's readable end must reach. */
    public void scan(TopicPartition partition, long first, long end, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        read(Map.of(partition, first), Map.of(partition, end), each);
    }

    /**
     * Shows {@code each} every committed record of a topic up to where its log ends now. Waits for the end of transactions
     * that are open there: whatever was written before this call, it shows or it was aborted.
     *
     * @return how many bytes of keys and values were read
     */
    public long readAll(String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        List<TopicPartition> partitions = partitions(topic);
        return read(
                beginnings(partitions),
                offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED),
                each);
    }

    private long read(
            Map<TopicPartition, Long> firsts,
            Map<TopicPartition, Long> ends,
            Consumer<ConsumerRecord<byte[], byte[]>> each) {
        Set<TopicPartition> open = new HashSet<>();
        firsts.forEach((partition, first) -> {
            if (first < ends.get(partition)) {
                open.add(partition);
            }
        });
        consumer.assign(open);
        open.forEach(partition -> consumer.seek(partition, firsts.get(partition)));
        long bytes = 0;
        long progress = System.nanoTime();
        while (!open.isEmpty()) {
            boolean moved = false;
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                moved = true;
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (record.offset() < ends.get(partition)) {
                    bytes += size(record.key()) + size(record.value());
                    each.accept(record);
                }
            }
            List<TopicPartition> done = open.stream()
                    .filter(partition -> consumer.position(partition) >= ends.get(partition))
                    .toList();
            // What the pipeline goes on writing is not fetched.
            consumer.pause(done);
            moved |= open.removeAll(new HashSet<>(done));
            if (moved) {
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > STUCK.toNanos()) {
                throw new ProcessorFailedException(
                        "nothing can be read of " + sorted(open) + " for " + STUCK.toSeconds()
                                + " s before its end: a transaction is open there, or the broker is gone",
                        null);
            }
        }
        consumer.unsubscribe();
        return bytes;
    }

    private static List<String> sorted(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::toString).sorted().toList();
    }

    private static long size(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** The answer of an admin client, or a failure that says what was asked. */
    public static <T> T await(KafkaFuture<T> future, String what) {
        try {
            return future.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new ProcessorFailedException(what + ": " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new ProcessorFailedException(what + ": no answer in " + ANSWER.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProcessorFailedException(what + ": interrupted", e);
        }
    }

    @Override
    public void close() {
        consumer.close();
        admin.close();
    }
}
