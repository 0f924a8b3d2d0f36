package io.patchstream.stream.topology;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.patchstream.schemas.Drop;
import io.patchstream.stream.claims.ClaimChecks;
import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameObserver;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.publish.Drops;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.InputSettings;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.trace.FrameTracer;
import io.patchstream.stream.trace.SpanCounts;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The way from Kafka's records into the engine: one per process, shared by the look-ahead and by all classifiers.
 *
 * <p>Borrows the engine and the tracer; owns the record format.
 */
public final class FrameIntake implements AutoCloseable {
    private final FrameEngine engine;
    private final FrameTracer tracer;
    private final Set<String> topics;
    private final RecordFormat format;
    private final Overload overload;
    private final BufferedBytes buffered;
    private final AnswerCounts answers = new AnswerCounts(System::currentTimeMillis);
    private final LongAdder ahead = new LongAdder();
    private final LongAdder missed = new LongAdder();

    private FrameIntake(
            FrameEngine engine,
            FrameTracer tracer,
            Set<String> topics,
            RecordFormat format,
            Overload overload,
            BufferedBytes buffered) {
        this.engine = engine;
        this.tracer = tracer;
        this.topics = topics;
        this.format = format;
        this.overload = overload;
        this.buffered = buffered;
    }

    /** The intake for what {@code settings} say of the input. */
    public static FrameIntake of(Settings settings, FrameEngine engine) {
        return of(settings, engine, FrameTracer.NONE);
    }

    /** As {@link #of(Settings, FrameEngine)}, with spans. */
    public static FrameIntake of(Settings settings, FrameEngine engine, FrameTracer tracer) {
        return new FrameIntake(
                engine,
                tracer,
                Set.copyOf(settings.input().topics()),
                format(settings),
                new Overload(settings.input(), System::currentTimeMillis, System::nanoTime),
                new BufferedBytes(settings.input().buffer(), settings.stream().threads()));
    }

    /** What the settings say that input records are. */
    @SuppressWarnings("MustBeClosedChecker") // The format closes its serdes.
    static RecordFormat format(Settings settings) {
        return settings.input().format() == InputSettings.Format.IMAGE
                ? new ImageFormat()
                : new AvroFormat(Serdes.of(settings.serde()), new ClaimChecks(settings.claims()));
    }

    /**
     * Submits a polled record if it is of an input topic, and lets its ticket travel with it; one that is late already gets
     * a ticket that is done. Never blocks.
     */
    void lookAhead(ConsumerRecord<byte[], byte[]> record, String owner) {
        if (topics.contains(record.topic())) {
            FrameSource from = new FrameSource(owner, record.topic(), record.partition());
            TicketHeader ticket = submit(
                    from,
                    new SourcePosition(record.topic(), record.partition(), record.offset()),
                    record.timestamp(),
                    record.headers(),
                    record.key(),
                    record.value());
            record.headers().add(ticket);
            buffered.polled(from, size(record.key(), record.value()));
            ahead.increment();
        }
    }

    /** Submits a record that nobody looked ahead at. */
    TicketHeader late(String owner, SourcePosition source, long timestamp, Headers headers, byte[] key, byte[] value) {
        missed.increment();
        return submit(
                new FrameSource(owner, source.topic(), source.partition()), source, timestamp, headers, key, value);
    }

    private TicketHeader submit(
            FrameSource from, SourcePosition source, long timestamp, Headers headers, byte[] key, byte[] value) {
        FrameObserver observer = tracer.observe();
        if (overload.isLate(source.topic(), timestamp)) {
            return new TicketHeader(new LateTicket(from), observer);
        }
        // A copy, since the engine's threads read it while the stream thread goes on with the original.
        Headers own = headers.iterator().hasNext() ? new RecordHeaders(headers) : new RecordHeaders();
        String camera = key == null ? "" : new String(key, ISO_8859_1);
        FrameTicket ticket = engine.submit(new FrameRequest(
                from,
                camera,
                overload.deadlineNanos(source.topic(), timestamp),
                format.reader(source, timestamp, own, key, value),
                observer));
        overload.submitted(source.topic(), camera, ticket);
        return new TicketHeader(ticket, observer);
    }

    private static long size(byte[] key, byte[] value) {
        return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }

    /** A record that was looked ahead at has been answered, or has failed; its bytes are held no longer. */
    void answered(String owner, SourcePosition source, byte[] key, byte[] value) {
        buffered.answered(new FrameSource(owner, source.topic(), source.partition()), size(key, value));
    }

    /** Whether a stream thread holds so much that it should not be given more. */
    boolean isFull(String owner) {
        // Half of its share: one poll more, and what its consumer has fetched beyond that, are the other half.
        return buffered.of(owner) >= buffered.share() / 2;
    }

    /** A stream thread is gone, and what it held will be read again. */
    void forget(String owner) {
        buffered.forget(owner);
    }

    /** What one stream thread may hold, in bytes. */
    long bufferShare() {
        return buffered.share();
    }

    /** Bytes of records that are polled and not yet answered. */
    public long bufferedBytes() {
        return buffered.total();
    }

    /**
     * The record of a frame that is left out.
     *
     * @throws RejectedFrameException when it is no frame: it becomes a dead letter
     */
    Drop drop(
            FrameOutcome.Dropped dropped,
            SourcePosition source,
            long timestamp,
            Headers headers,
            byte[] key,
            byte[] value)
            throws RejectedFrameException {
        FrameHead head = format.head(source, timestamp, headers, key, value);
        long ageMillis = overload.ageMillis(timestamp);
        overload.dropped(dropped.reason(), source.toString(), ageMillis);
        return Drops.drop(head, source, dropped.reason(), ageMillis, overload.rule(dropped.reason()));
    }

    /**
     * A frame's payload as it came: bytes, or a claim check.
     *
     * @throws IllegalStateException when the record is no frame; it was answered, and so it is one
     */
    public Object payload(SourcePosition source, Headers headers, byte[] value) {
        try {
            return format.payload(source, headers, value);
        } catch (RejectedFrameException e) {
            throw new IllegalStateException("record " + source + " was a frame when it was answered", e);
        }
    }

    /** How many frames were left out since the start. */
    public long dropped(DropReason reason) {
        return overload.count(reason);
    }

    /** What became of the frames. */
    public AnswerCounts answers() {
        return answers;
    }

    /** Makes the spans of frames. */
    FrameTracer tracer() {
        return tracer;
    }

    /** What has become of the spans; empty where none are made. */
    public Optional<SpanCounts> spans() {
        return tracer.counts();
    }

    FrameOutcome await(FrameTicket ticket) throws InterruptedException {
        if (ticket instanceof LateTicket) {
            return new FrameOutcome.Dropped(DropReason.LATE);
        }
        return engine.await(ticket);
    }

    /** Cancels what {@code owner} has submitted of partition {@code partition} of any input topic. */
    void cancel(String owner, int partition) {
        topics.forEach(topic -> {
            FrameSource source = new FrameSource(owner, topic, partition);
            engine.cancel(source);
            buffered.forget(source);
        });
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

    /** The ticket of a record that was late when it was polled. */
    private record LateTicket(FrameSource source) implements FrameTicket {
        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public boolean drop(DropReason reason) {
            return false;
        }
    }
}
