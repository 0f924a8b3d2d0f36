package io.patchstream.stream.desk;

import io.patchstream.schemas.AlarmPicture;
import io.patchstream.stream.alarms.AlarmReader;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.ingest.Backoff;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.page.AlarmBook;
import io.patchstream.stream.page.DeskException;
import io.patchstream.stream.publish.Alarms;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.settings.Secrets;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FrameRecords;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Alarms from their topic: read_committed, every partition from its beginning, in no group; so it knows those of all
 * processors, and after a restart those of before. Reads on a thread of its own, {@code alarm-feed}, from the first time that
 * somebody asks, and begins anew when it fails.
 */
final class AlarmFeed implements AlarmBook {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmFeed.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final long CLOSE_MILLIS = 5_000;

    private final Settings settings;
    private final String topic;

    private volatile Content content;

    // Guarded by this.
    private AlarmList list;
    private Thread thread;
    private KafkaConsumer<byte[], byte[]> consumer;
    private boolean isClosed;

    AlarmFeed(Settings settings) {
        this.settings = settings;
        this.topic = settings.rules().topic();
        this.list = new AlarmList(topic);
        this.content = list.content(State.READING, "");
    }

    @Override
    public Content content() {
        begin();
        return content;
    }

    private synchronized void begin() {
        if (thread == null && !isClosed) {
            thread = new Thread(this::readOn, "alarm-feed");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void readOn() {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, ThreadLocalRandom.current()::nextDouble);
        try {
            while (isOpen()) {
                try {
                    follow(backoff);
                } catch (WakeupException e) {
                    return;
                } catch (RuntimeException e) {
                    Duration pause = backoff.next();
                    LOG.atWarn()
                            .addKeyValue("topic", topic)
                            .addKeyValue("waits", pause)
                            .setCause(e)
                            .log("alarms cannot be read for the live page; it tries again");
                    lose(e);
                    pause(pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until it is closed, at most. */
    private synchronized void pause(Duration pause) throws InterruptedException {
        long end = System.nanoTime() + pause.toNanos();
        for (long rest = pause.toMillis(); !isClosed && rest > 0; rest = (end - System.nanoTime()) / 1_000_000) {
            wait(rest);
        }
    }

    private synchronized boolean isOpen() {
        return !isClosed;
    }

    /** What was known stays to be seen. */
    private synchronized void lose(RuntimeException why) {
        content = list.content(State.LOST, Secrets.withoutCredentials(String.valueOf(why.getMessage())));
    }

    /** From the beginning, until it is closed or fails. */
    private void follow(Backoff backoff) {
        try (KafkaConsumer<byte[], byte[]> reading = open();
                AlarmReader alarms = new AlarmReader(settings)) {
            List<TopicPartition> partitions = reading.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new UnknownTopicOrPartitionException("there is no topic " + topic);
            }
            reading.assign(partitions);
            reading.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = reading.endOffsets(partitions);
            AlarmList read = new AlarmList(topic);
            boolean isKnown = false;
            while (isOpen()) {
                ConsumerRecords<byte[], byte[]> records = reading.poll(POLL);
                records.forEach(
                        record -> alarms.read(record).ifPresent(alarm -> read.enter(alarm, record.timestamp())));
                boolean wasKnown = isKnown;
                isKnown = isKnown
                        || partitions.stream()
                                .allMatch(partition -> reading.position(partition) >= ends.get(partition));
                if (isKnown && (!wasKnown || !records.isEmpty())) {
                    backoff.reset();
                    show(read);
                }
            }
        } finally {
            synchronized (this) {
                consumer = null;
            }
        }
    }

    private synchronized void show(AlarmList read) {
        list = read;
        content = list.content(State.KNOWN, "");
    }

    private synchronized KafkaConsumer<byte[], byte[]> open() {
        if (isClosed) {
            throw new WakeupException();
        }
        Map<String, Object> config =
                new HashMap<>(Lookup.clients(settings).getRestoreConsumerConfigs("patchstream-alarm-feed"));
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        return consumer;
    }

    @Override
    public Shown picture(String id) {
        AlarmPicture picture = raisedBy(id);
        SourcePosition source = Alarms.source(picture);
        try (Lookup lookup = Lookup.open(settings);
                FrameRecords frames = FrameRecords.open(settings)) {
            ConsumerRecord<byte[], byte[]> record = lookup.record(
                            new TopicPartition(source.topic(), source.partition()), source.offset())
                    .orElseThrow(() -> new DeskException("frame " + source + " is gone: retention took it", null));
            return new Shown(frames.read(record), picture.getPicture());
        } catch (RejectedFrameException | ProcessorFailedException | KafkaException e) {
            throw new DeskException(Secrets.withoutCredentials(String.valueOf(e.getMessage())), e);
        }
    }

    private synchronized AlarmPicture raisedBy(String id) {
        return list.raisedBy(id)
                .orElseThrow(() -> new DeskException("that alarm is no longer among the last ones", null));
    }

    /** May be called twice. */
    @Override
    public void close() {
        Thread reading;
        synchronized (this) {
            isClosed = true;
            reading = thread;
            if (consumer != null) {
                consumer.wakeup();
            }
            notifyAll();
        }
        try {
            if (reading != null) {
                reading.join(CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
