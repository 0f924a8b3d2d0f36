package io.patchstream.bench.fault;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long after each fault answers come again, as a read_committed consumer sees it: the first one of any, and the first of
 * a frame that came after the fault on every partition. Watches on a thread of its own; the others' methods are for the
 * thread that runs the faults.
 */
final class Recoveries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Recoveries.class);
    private static final long NEVER = -1;

    /**
     * One fault's.
     *
     * @param fault what it was
     * @param firstMillis until any answer came; negative when none did
     * @param allMillis until every partition had answered a frame that came after the fault; negative when one had not
     */
    record Recovery(Fault fault, long firstMillis, long allMillis) {}

    private static final class Pending {
        private final Fault fault;
        private final long begun = System.nanoTime();
        private final long[] marks;
        private long first = NEVER;
        private long all = NEVER;

        Pending(Fault fault, long[] marks) {
            this.fault = fault;
            this.marks = marks;
        }

        private long millis() {
            return (System.nanoTime() - begun) / 1_000_000;
        }
    }

    private final String topic;
    private final AvroDeserializer<Classification> labels = new AvroDeserializer<>(Classification.class);
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final AckLog.Tail acks;
    private final Thread thread = new Thread(this::watch, "recoveries");
    private final List<Pending> all = new ArrayList<>();
    private final long[] acknowledged = new long[RunPlan.PARTITIONS];
    private final long[] answered = new long[RunPlan.PARTITIONS];
    private volatile boolean closed;

    Recoveries(Settings settings, Path ackLog) throws IOException {
        topic = settings.output().labels();
        labels.configure(settings.serde().config(), false);
        acks = new AckLog.Tail(ackLog);
        Arrays.fill(acknowledged, NEVER);
        Arrays.fill(answered, NEVER);
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        settings.kafka().get("bootstrap.servers"),
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(IntStream.range(0, RunPlan.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList());
        thread.setDaemon(true);
        thread.start();
    }

    /** A fault is about to be injected. */
    void begin(Fault fault) throws IOException {
        acks.read(ack -> acknowledged[ack.partition()] = Math.max(acknowledged[ack.partition()], ack.offset()));
        synchronized (this) {
            all.add(new Pending(fault, acknowledged.clone()));
        }
    }

    /** Whether every fault so far is recovered from, on every partition. */
    synchronized boolean areAllDone() {
        return all.stream().noneMatch(pending -> pending.all == NEVER);
    }

    synchronized List<Recovery> list() {
        return all.stream()
                .map(pending -> new Recovery(pending.fault, pending.first, pending.all))
                .toList();
    }

    /** Whether every partition has answered something. */
    synchronized boolean hasBegun() {
        return Arrays.stream(answered).noneMatch(offset -> offset == NEVER);
    }

    private void watch() {
        while (!closed) {
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    var lineage = labels.deserialize(topic, record.value()).getLineage();
                    seen(lineage.getSourcePartition(), lineage.getSourceOffset());
                }
            } catch (InterruptException e) {
                return;
            } catch (RuntimeException e) {
                // With its broker the registry is away too; the record comes again only by its offset.
                LOG.warn("answers cannot be watched: {}", e.toString());
            }
        }
    }

    private synchronized void seen(int partition, long offset) {
        answered[partition] = Math.max(answered[partition], offset);
        for (Pending pending : all) {
            if (pending.first == NEVER) {
                pending.first = pending.millis();
            }
            if (pending.all == NEVER
                    && IntStream.range(0, answered.length).allMatch(p -> answered[p] > pending.marks[p])) {
                pending.all = pending.millis();
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        thread.interrupt();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
        labels.close();
        acks.close();
    }
}
