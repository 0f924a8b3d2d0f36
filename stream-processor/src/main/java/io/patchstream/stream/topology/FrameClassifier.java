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
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.publish.Answers;
import io.patchstream.stream.publish.DeadLetters;
import io.patchstream.stream.publish.PointJson;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.OutputSettings;
import io.patchstream.stream.trace.FrameSpan;
import java.util.List;
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
 * <p>One per task. Keeps nothing from one record to the next; what its watches keep is in state stores.
 */
final class FrameClassifier implements Processor<byte[], byte[], byte[], byte[]> {
    private final FrameIntake intake;
    private final OutputSettings output;
    private final Serializer<Object> serializer;
    private final List<LabelWatch> watches;

    private ProcessorContext<byte[], byte[]> context;
    private Answers answers;

    FrameClassifier(
            FrameIntake intake, OutputSettings output, Serializer<Object> serializer, List<LabelWatch> watches) {
        this.intake = intake;
        this.output = output;
        this.serializer = serializer;
        this.watches = watches;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
        context = given;
        answers = new Answers(output.collection());
        watches.forEach(watch -> watch.init(given));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata metadata = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a frame without a source; nothing may punctuate here"));
        SourcePosition source = new SourcePosition(metadata.topic(), metadata.partition(), metadata.offset());
        boolean lookedAhead = record.headers().lastHeader(TicketHeader.KEY) instanceof TicketHeader;
        try {
            Turn turn = await(record, source);
            try (FrameSpan span = turn.span) {
                forward(turn.outcome, record, source, span);
            }
        } finally {
            if (lookedAhead) {
                intake.answered(Thread.currentThread().getName(), source, record.key(), record.value());
            }
        }
    }

    /** A frame that has its outcome, and its span, which is open. */
    private record Turn(FrameOutcome outcome, FrameSpan span) {}

    private Turn await(Record<byte[], byte[]> record, SourcePosition source) {
        if (record.headers().lastHeader(TicketHeader.KEY) instanceof TicketHeader ahead) {
            try {
                return await(ahead, record, source);
            } catch (CancellationException e) {
                // The task was closed and has come back with the record it had: ask again.
            }
        }
        TicketHeader late = intake.late(
                Thread.currentThread().getName(),
                source,
                record.timestamp(),
                record.headers(),
                record.key(),
                record.value());
        return await(late, record, source);
    }

    private Turn await(TicketHeader ticket, Record<byte[], byte[]> record, SourcePosition source) {
        FrameSpan span =
                intake.tracer().begin(ticket.observer(), source, record.headers(), record.key(), record.value());
        try {
            FrameOutcome outcome = intake.await(ticket.ticket());
            span.outcome(outcome, () -> intake.model().sha256());
            return new Turn(outcome, span);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineStoppedException("interrupted while waiting for frame " + source, e);
        } catch (EngineStoppedException e) {
            span.failed(e);
            span.close();
            throw e;
        }
    }

    private void forward(FrameOutcome outcome, Record<byte[], byte[]> record, SourcePosition source, FrameSpan span) {
        try {
            outcome.fold(
                    classified -> forwardAnswers(classified, record, source, span),
                    rejected -> forwardDeadLetter(rejected, record, source, span),
                    dropped -> forwardDrop(dropped, record, source, span));
        } catch (RuntimeException e) {
            span.failed(e);
            throw e;
        }
    }

    private Void forwardAnswers(
            Classified frame, Record<byte[], byte[]> record, SourcePosition source, FrameSpan span) {
        intake.answers().labelled(frame);
        Headers trace = traceOf(record.headers());
        span.publishing(output.labels(), trace);
        for (int picture = 0; picture < frame.pictures().size(); picture++) {
            Classification label = answers.classification(frame, picture, source);
            context.forward(
                    new Record<>(
                            label.getCameraId().getBytes(UTF_8),
                            serializer.serialize(output.labels(), label),
                            record.timestamp(),
                            trace),
                    FrameTopology.LABELS);
            for (LabelWatch watch : watches) {
                watch.labelled(label, source, record, trace);
            }
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

    private Void forwardDrop(Dropped dropped, Record<byte[], byte[]> record, SourcePosition source, FrameSpan span) {
        try {
            Drop drop =
                    intake.drop(dropped, source, record.timestamp(), record.headers(), record.key(), record.value());
            Headers trace = traceOf(record.headers());
            span.publishing(output.drops(), trace);
            context.forward(
                    new Record<>(record.key(), serializer.serialize(output.drops(), drop), record.timestamp(), trace),
                    FrameTopology.DROPS);
            return null;
        } catch (RejectedFrameException e) {
            span.outcome(e.rejected(), () -> intake.model().sha256());
            return forwardDeadLetter(e.rejected(), record, source, span);
        }
    }

    private Void forwardDeadLetter(
            Rejected rejected, Record<byte[], byte[]> record, SourcePosition source, FrameSpan span) {
        intake.answers().deadLettered(rejected);
        Headers headers = DeadLetters.headers(
                record.headers(),
                header -> !header.key().equals(TicketHeader.KEY),
                source,
                rejected,
                intake.model().sha256());
        span.publishing(output.deadLetters(), headers);
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
