package io.patchstream.stream.deadletters;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.deadletters.ReplayRules.Fate;
import io.patchstream.stream.deadletters.ReplayRules.Told;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Sends dead letters in again, each once: the frame to the topic that it was read from, and its marker, in one transaction.
 * The transactional id is the application's and always the same: a replay that starts ends the transaction of one that was
 * killed, and fences one that still runs, before it reads the markers. For one thread.
 */
final class DeadLetterReplay implements AutoCloseable {
    /** Of a transaction; whichever is reached first. */
    private static final int MOST_RECORDS = 100;

    private static final long MOST_BYTES = 16 << 20;

    private final boolean now;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ReplayMarkers markers;
    private final ReplayRules rules;
    private final List<Future<RecordMetadata>> open = new ArrayList<>();
    private long openBytes;

    private DeadLetterReplay(
            boolean now, KafkaProducer<byte[], byte[]> producer, ReplayMarkers markers, ReplayRules rules) {
        this.now = now;
        this.producer = producer;
        this.markers = markers;
        this.rules = rules;
    }

    /**
     * Ends what another replay has left open and reads what was sent in before; the caller closes it.
     *
     * @param maxAttempts how often a frame may be sent in again
     * @param now whether frames get the present as their timestamp, instead of the one that they had
     */
    @MustBeClosed
    static DeadLetterReplay open(Settings settings, Lookup lookup, int maxAttempts, boolean now) {
        StreamsConfig clients = Lookup.clients(settings);
        TopicPlan plan = new TopicPlan(settings);
        lookup.ensure(settings, plan.replays());
        Map<String, Object> config = new HashMap<>(clients.getProducerConfigs("patchstream-dlq"));
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.stream().applicationId() + "-dlq-replay");
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, (int)
                Math.min(Integer.MAX_VALUE, settings.input().maxBytes() + (1 << 20)));
        config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            ReplayMarkers markers = ReplayMarkers.read(plan.replays().name(), lookup);
            return new DeadLetterReplay(
                    now, producer, markers, new ReplayRules(settings, lookup, markers, maxAttempts));
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    /** Sends it in again, if it may be; seen by readers of committed records after {@link #commit} at the latest. */
    Told replay(DeadLetter letter) {
        Told told = rules.judge(letter);
        if (told.fate() != Fate.SENT) {
            return told;
        }
        SourcePosition source = letter.source().orElseThrow();
        try {
            if (open.isEmpty()) {
                producer.beginTransaction();
            }
            open.add(producer.send(new ProducerRecord<>(
                    source.topic(),
                    rules.partition(source),
                    now ? null : letter.record().timestamp(),
                    letter.record().key(),
                    letter.record().value(),
                    letter.sentInAgain())));
            open.add(producer.send(markers.marker(letter, source.topic(), Instant.now())));
            openBytes += Math.max(0, letter.record().serializedValueSize());
            if (open.size() >= 2 * MOST_RECORDS || openBytes >= MOST_BYTES) {
                commit();
            }
            return told;
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /** Makes what was sent visible, all of it. */
    void commit() {
        if (open.isEmpty()) {
            return;
        }
        try {
            producer.commitTransaction();
            for (Future<RecordMetadata> sent : open) {
                sent.get();
            }
        } catch (KafkaException e) {
            throw failed(e);
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(e);
        }
        open.clear();
        openBytes = 0;
    }

    private static ProcessorFailedException failed(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return new ProcessorFailedException(
                        "another dlq replay of this application has started and goes on from here", e);
            }
        }
        return new ProcessorFailedException(
                "dead letters cannot be sent in again: " + e.getMessage()
                        + "; what was not committed is undone, run it again",
                e);
    }

    /** Undoes what is not committed. */
    @Override
    public void close() {
        if (!open.isEmpty()) {
            try {
                producer.abortTransaction();
            } catch (KafkaException e) {
                // It is aborted by the next replay, or by its time-out; the failure that led here is already told.
                open.clear();
            }
        }
        producer.close();
    }
}
