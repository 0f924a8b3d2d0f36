package io.patchstream.stream.alarms;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.serde.SchemaRegistryUnavailableException;
import io.patchstream.stream.alarms.Webhook.Reply;
import io.patchstream.stream.ingest.Backoff;
import io.patchstream.stream.run.ProcessorFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries alarms from their topic to a webhook: one after the other, and the next of a partition, which a camera is always on,
 * when the one before is done with. An alarm is done with when the webhook has taken it, or when it was refused and is kept in a
 * file; then its offset is committed, and not before. Whoever is killed in between tells it again, under the same id.
 *
 * <p>An alarm waits for a webhook that does not take it, and for a registry that does not answer, for as long as it takes. While
 * it waits for its next try the consumer goes on polling, with everything paused, so that the group does not
 * take it for dead. Runs on one thread; {@link #stop} may be called from any.
 */
final class AlarmCourier {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmCourier.class);
    private static final Duration POLL = Duration.ofMillis(200);

    /** What has been done since the start. */
    record Tally(int told, int refused, int unreadable, int retries) {}

    private final Consumer<byte[], byte[]> consumer;
    private final AlarmReader alarms;
    private final Webhook webhook;
    private final Optional<RefusedAlarms> refusals;
    private final Duration firstPause;
    private final Duration longestPause;

    /** Partitions of which the rest of what was polled is somebody else's, or is read again. */
    private final Set<TopicPartition> left = new HashSet<>();

    private boolean isWaiting;
    private volatile boolean isStopped;
    private int told;
    private int refused;
    private int unreadable;
    private int retries;

    /**
     * Borrows them all.
     *
     * @param refusals where refused alarms are kept; without, the first one ends it
     * @param firstPause before the second try; then twice as long each time
     * @param longestPause at most so long
     */
    AlarmCourier(
            Consumer<byte[], byte[]> consumer,
            AlarmReader alarms,
            Webhook webhook,
            Optional<RefusedAlarms> refusals,
            Duration firstPause,
            Duration longestPause) {
        this.consumer = consumer;
        this.alarms = alarms;
        this.webhook = webhook;
        this.refusals = refusals;
        this.firstPause = firstPause;
        this.longestPause = longestPause;
    }

    /** Lets {@link #run} return, when the message that is under way has its answer. */
    void stop() {
        isStopped = true;
    }

    Tally tally() {
        return new Tally(told, refused, unreadable, retries);
    }

    /**
     * Tells alarms until it is stopped.
     *
     * @param isFromEnd whether a group that is new begins with what comes from now on
     * @throws ProcessorFailedException when an alarm is refused and there is no file for it
     */
    void run(String topic, boolean isFromEnd) throws InterruptedException {
        consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                if (isFromEnd) {
                    beginAtEnd(topic, partitions);
                }
                if (isWaiting) {
                    consumer.pause(partitions);
                }
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                left.addAll(partitions);
            }
        });
        while (!isStopped) {
            left.clear();
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (TopicPartition partition : records.partitions()) {
                carry(partition, records.records(partition));
            }
        }
    }

    private void carry(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records)
            throws InterruptedException {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (isStopped || left.contains(partition) || !isDoneWith(record, partition)) {
                return;
            }
            commit(partition, record.offset());
        }
    }

    /** Whether the record is done with; not when it was stopped, or lost the partition, before. */
    private boolean isDoneWith(ConsumerRecord<byte[], byte[]> record, TopicPartition partition)
            throws InterruptedException {
        Backoff backoff = backoff();
        Optional<Alarm> alarm;
        while (true) {
            try {
                alarm = alarms.read(record);
                break;
            } catch (SchemaRegistryUnavailableException e) {
                Duration wait = backoff.next();
                LOG.atWarn()
                        .addKeyValue("partition", partition)
                        .addKeyValue("offset", record.offset())
                        .addKeyValue("why", e.getMessage())
                        .addKeyValue("waits", wait)
                        .log("no registry answers, and an alarm cannot be read; it is tried again");
                if (!await(wait, partition)) {
                    return false;
                }
            }
        }
        if (alarm.isEmpty()) {
            unreadable++;
            return true;
        }
        return isTold(alarm.get(), partition);
    }

    private Backoff backoff() {
        return new Backoff(firstPause, longestPause, ThreadLocalRandom.current()::nextDouble);
    }

    /** Whether it was told, or refused and kept. */
    private boolean isTold(Alarm alarm, TopicPartition partition) throws InterruptedException {
        String id = alarm.getId();
        String body = AlarmJson.write(alarm);
        Backoff backoff = backoff();
        while (true) {
            Reply reply = webhook.post(id, body.getBytes(UTF_8));
            switch (reply.fate()) {
                case TAKEN -> {
                    told++;
                    return true;
                }
                case REFUSED -> {
                    refuse(id, body, reply.says());
                    return true;
                }
                case LATER -> {
                    Duration pause = backoff.next();
                    Duration wait = pause.compareTo(reply.pause()) > 0 ? pause : reply.pause();
                    LOG.atWarn()
                            .addKeyValue("alarm", id)
                            .addKeyValue("reply", reply.says())
                            .addKeyValue("tries", backoff.failures())
                            .addKeyValue("waits", wait)
                            .log("webhook did not take an alarm; it is told again");
                    retries++;
                    if (!await(wait, partition)) {
                        return false;
                    }
                }
            }
        }
    }

    private void refuse(String id, String body, String why) {
        if (refusals.isEmpty()) {
            throw new ProcessorFailedException(
                    "the webhook refuses alarm " + id + " (" + why + "): it is told again at the next start;"
                            + " --refused FILE keeps such alarms in a file and goes on",
                    null);
        }
        refusals.get().keep(body, why, Instant.now());
        refused++;
        LOG.atError().addKeyValue("alarm", id).addKeyValue("reply", why).log("webhook refused an alarm; it is kept");
    }

    /** Stays in the group meanwhile; false when it was stopped or the partition was lost. */
    private boolean await(Duration wait, TopicPartition partition) {
        long end = System.nanoTime() + wait.toNanos();
        isWaiting = true;
        consumer.pause(consumer.assignment());
        try {
            long rest = wait.toNanos();
            while (rest > 0 && !isStopped && !left.contains(partition)) {
                consumer.poll(Duration.ofNanos(Math.min(rest, POLL.toNanos())));
                rest = end - System.nanoTime();
            }
        } finally {
            isWaiting = false;
            Set<TopicPartition> paused = new HashSet<>(consumer.paused());
            paused.retainAll(consumer.assignment());
            consumer.resume(paused);
        }
        return !isStopped && !left.contains(partition);
    }

    private void commit(TopicPartition partition, long offset) {
        try {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset + 1)));
        } catch (CommitFailedException | RebalanceInProgressException e) {
            LOG.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", offset)
                    .log("the group changed before an alarm was committed; it may be told twice", e);
            left.add(partition);
            // Should the partition stay here, nothing of it may be left out.
            if (consumer.assignment().contains(partition)) {
                consumer.seek(partition, offset);
            }
        }
    }

    /** Only where the group has never read the topic: else what came while nobody was here would be lost. */
    private void beginAtEnd(String topic, Collection<TopicPartition> partitions) {
        Set<TopicPartition> all = new HashSet<>();
        consumer.partitionsFor(topic).forEach(info -> all.add(new TopicPartition(topic, info.partition())));
        all.addAll(partitions);
        if (consumer.committed(all).values().stream().anyMatch(offset -> offset != null)) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        consumer.endOffsets(partitions).forEach((partition, end) -> {
            consumer.seek(partition, end);
            ends.put(partition, new OffsetAndMetadata(end));
        });
        // At once: who is killed before the first alarm must not begin at another end.
        consumer.commitSync(ends);
    }
}
