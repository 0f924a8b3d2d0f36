package io.patchstream.stream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Drop;
import io.patchstream.schemas.Embedding;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.FrameOutcome.Dropped;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.publish.Answers;
import io.patchstream.stream.publish.DeadLetters;
import io.patchstream.stream.publish.PointJson;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.OutputSettings;
import java.util.concurrent.CancellationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Answers each frame where it stands: waits for the outcome of its ticket and forwards label and embedding, the dead
 * letter or the drop, before it returns. Kafka Streams takes a frame for done when this returns, and it is.
 *
 * <p>One per task. Keeps nothing from one record to the next.
 */
final class FrameClassifier implements Processor<byte[], byte[], byte[], byte[]> {
    private final FrameIntake intake;
    private final OutputSettings output;
    private final Serializer<Object> serializer;

    private ProcessorContext<byte[], byte[]> context;
    private Answers answers;

    FrameClassifier(FrameIntake intake, OutputSettings output, Serializer<Object> serializer) {
        this.intake = intake;
        this.output = output;
        this.serializer = serializer;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
        context = given;
        answers = new Answers(output.collection());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata metadata = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a frame without a source; nothing may punctuate here"));
        SourcePosition source = new SourcePosition(metadata.topic(), metadata.partition(), metadata.offset());
        boolean lookedAhead = record.headers().lastHeader(TicketHeader.KEY) instanceof TicketHeader;
        try {
            FrameOutcome outcome = await(record, source);
            outcome.fold(
                    classified -> forwardAnswers(classified, record, source),
                    rejected -> forwardDeadLetter(rejected, record, source),
                    dropped -> forwardDrop(dropped, record, source));
        } finally {
            if (lookedAhead) {
                intake.answered(Thread.currentThread().getName(), source, record.key(), record.value());
            }
        }
    }

    private FrameOutcome await(Record<byte[], byte[]> record, SourcePosition source) {
        try {
            if (record.headers().lastHeader(TicketHeader.KEY) instanceof TicketHeader header) {
                try {
                    return intake.await(header.ticket());
                } catch (CancellationException e) {
                    // The task was closed and has come back with the record it had: ask again.
                }
            }
            FrameTicket ticket = intake.late(
                    Thread.currentThread().getName(),
                    source,
                    record.timestamp(),
                    record.headers(),
                    record.key(),
                    record.value());
            return intake.await(ticket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineStoppedException("interrupted while waiting for frame " + source, e);
        }
    }

    private Void forwardAnswers(Classified frame, Record<byte[], byte[]> record, SourcePosition source) {
        intake.answers().labelled(frame);
        Headers trace = traceOf(record.headers());
        for (int picture = 0; picture < frame.pictures().size(); picture++) {
            Classification label = answers.classification(frame, picture, source);
            context.forward(
                    new Record<>(
                            label.getCameraId().getBytes(UTF_8),
                            serializer.serialize(output.labels(), label),
                            record.timestamp(),
                            trace),
                    FrameTopology.LABELS);
            Embedding embedding = answers.embedding(frame, picture, source);
            byte[] id = embedding.getId().getBytes(UTF_8);
            if (output.format().hasAvro()) {
                context.forward(
                        new Record<>(
                                id, serializer.serialize(output.embeddings(), embedding), record.timestamp(), trace),
                        FrameTopology.EMBEDDINGS);
            }
            if (output.format().hasJson()) {
                context.forward(
                        new Record<>(id, PointJson.write(embedding), record.timestamp(), trace),
                        FrameTopology.EMBEDDINGS_JSON);
            }
        }
        return null;
    }

    private Void forwardDrop(Dropped dropped, Record<byte[], byte[]> record, SourcePosition source) {
        try {
            Drop drop =
                    intake.drop(dropped, source, record.timestamp(), record.headers(), record.key(), record.value());
            context.forward(
                    new Record<>(
                            record.key(),
                            serializer.serialize(output.drops(), drop),
                            record.timestamp(),
                            traceOf(record.headers())),
                    FrameTopology.DROPS);
            return null;
        } catch (RejectedFrameException e) {
            return forwardDeadLetter(e.rejected(), record, source);
        }
    }

    private Void forwardDeadLetter(Rejected rejected, Record<byte[], byte[]> record, SourcePosition source) {
        intake.answers().deadLettered(rejected);
        Headers headers = DeadLetters.headers(
                record.headers(),
                header -> !header.key().equals(TicketHeader.KEY),
                source,
                rejected,
                intake.model().sha256());
        context.forward(record.withHeaders(headers), FrameTopology.DEAD_LETTERS);
        return null;
    }

    /** A fresh set of headers: what came in stays in, but for the W3C trace context. */
    private static Headers traceOf(Headers headers) {
        Headers trace = new RecordHeaders();
        for (String key : new String[] {"traceparent", "tracestate"}) {
            Header header = headers.lastHeader(key);
            if (header != null) {
                trace.add(header);
            }
        }
        return trace;
    }

    /** Cancels what its task had submitted. Never forwards: its output would land in a transaction that nobody commits. */
    @Override
    public void close() {
        intake.cancel(Thread.currentThread().getName(), context.taskId().partition());
    }
}
