package io.patchstream.stream.topology;

import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.InputSettings;
import io.patchstream.stream.settings.Settings;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The way from Kafka's records into the engine: one per process, shared by the look-ahead and by all classifiers.
 *
 * <p>Borrows the engine; owns the record format.
 */
public final class FrameIntake implements AutoCloseable {
    private final FrameEngine engine;
    private final Set<String> topics;
    private final RecordFormat format;
    private final LongAdder ahead = new LongAdder();
    private final LongAdder missed = new LongAdder();

    private FrameIntake(FrameEngine engine, Set<String> topics, RecordFormat format) {
        this.engine = engine;
        this.topics = topics;
        this.format = format;
    }

    /** The intake for what {@code settings} say of the input. */
    public static FrameIntake of(Settings settings, FrameEngine engine) {
        RecordFormat format = settings.input().format() == InputSettings.Format.IMAGE
                ? new ImageFormat()
                : new AvroFormat(() -> Serdes.deserializer(settings.serde()), new ClaimChecks(settings.claims()));
        return new FrameIntake(engine, Set.copyOf(settings.input().topics()), format);
    }

    /** Submits a polled record if it is of an input topic, and lets its ticket travel with it. Never blocks. */
    void lookAhead(ConsumerRecord<byte[], byte[]> record, String owner) {
        if (topics.contains(record.topic())) {
            FrameTicket ticket = submit(
                    owner,
                    new SourcePosition(record.topic(), record.partition(), record.offset()),
                    record.timestamp(),
                    record.headers(),
                    record.key(),
                    record.value());
            record.headers().add(new TicketHeader(ticket));
            ahead.increment();
        }
    }

    /** Submits a record that nobody looked ahead at. */
    FrameTicket late(String owner, SourcePosition source, long timestamp, Headers headers, byte[] key, byte[] value) {
        missed.increment();
        return submit(owner, source, timestamp, headers, key, value);
    }

    private FrameTicket submit(
            String owner, SourcePosition source, long timestamp, Headers headers, byte[] key, byte[] value) {
        // A copy, since the engine's threads read it while the stream thread goes on with the original.
        Headers own = headers.iterator().hasNext() ? new RecordHeaders(headers) : new RecordHeaders();
        return engine.submit(
                new FrameSource(owner, source.topic(), source.partition()),
                format.reader(source, timestamp, own, key, value));
    }

    FrameOutcome await(FrameTicket ticket) throws InterruptedException {
        return engine.await(ticket);
    }

    /** Cancels what {@code owner} has submitted of partition {@code partition} of any input topic. */
    void cancel(String owner, int partition) {
        topics.forEach(topic -> engine.cancel(new FrameSource(owner, topic, partition)));
    }

    ServedModel model() {
        return engine.model();
    }

    /** Records submitted when they were polled. */
    public long ahead() {
        return ahead.sum();
    }

    /** Records that were processed without having been submitted at poll; above 0 batches are small and frames slow. */
    public long missed() {
        return missed.sum();
    }

    @Override
    public void close() {
        format.close();
    }
}
