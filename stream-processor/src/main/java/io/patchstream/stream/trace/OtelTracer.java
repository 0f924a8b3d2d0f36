package io.patchstream.stream.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.patchstream.stream.frame.FrameObserver;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.FrameOutcome.Dropped;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.publish.SourcePosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans by OpenTelemetry's SDK. A frame has one of kind consumer, whose parent is what its record names; below it decode, the
 * wait for a batch, inference, and one of kind producer, which its answers name as their parent.
 *
 * <p>Spans are made when the frame's turn comes, from marks with times of their own: a frame that is given back and read
 * again leaves none behind.
 */
final class OtelTracer implements FrameTracer {
    private static final Logger LOG = LoggerFactory.getLogger(OtelTracer.class);
    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final SdkTracerProvider provider;
    private final SpanTally tally;
    private final Tracer tracer;
    private final String group;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Takes {@code provider} over.
     *
     * @param version of this software; null where that is not known
     * @param group the consumer group that frames are read by
     */
    OtelTracer(SdkTracerProvider provider, SpanTally tally, String version, String group) {
        this.provider = provider;
        this.tally = tally;
        this.tracer = provider.get("io.patchstream.stream", version);
        this.group = group;
    }

    @Override
    public FrameObserver observe() {
        return new FrameMarks();
    }

    @Override
    public FrameSpan begin(FrameObserver observed, SourcePosition source, Headers headers, byte[] key, byte[] value) {
        FrameMarks marks = (FrameMarks) observed;
        Context parent = W3C.extract(Context.root(), headers, RecordGetter.INSTANCE);
        SpanBuilder builder = tracer.spanBuilder("process " + source.topic())
                .setParent(parent)
                .setSpanKind(SpanKind.CONSUMER)
                .setStartTimestamp(marks.begun(), NANOSECONDS)
                .setAttribute(SpanAttributes.SYSTEM, "kafka")
                .setAttribute(SpanAttributes.OPERATION_NAME, "process")
                .setAttribute(SpanAttributes.OPERATION_TYPE, "process")
                .setAttribute(SpanAttributes.DESTINATION, source.topic())
                .setAttribute(SpanAttributes.PARTITION, Integer.toString(source.partition()))
                .setAttribute(SpanAttributes.OFFSET, source.offset())
                .setAttribute(SpanAttributes.GROUP, group);
        if (key != null) {
            builder.setAttribute(SpanAttributes.KEY, new String(key, UTF_8));
        }
        if (value == null) {
            builder.setAttribute(SpanAttributes.TOMBSTONE, true);
        } else {
            builder.setAttribute(SpanAttributes.BODY_SIZE, (long) value.length);
        }
        return new Open(marks, parent, builder.startSpan());
    }

    @Override
    public Optional<SpanCounts> counts() {
        return Optional.of(tally.counts());
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        provider.shutdown().join(LAST_WORDS.toMillis(), MILLISECONDS);
        SpanCounts counts = tally.counts();
        long lost = counts.made() - counts.delivered();
        (lost == 0 ? LOG.atInfo() : LOG.atWarn())
                .addKeyValue("spans", counts.made())
                .addKeyValue("lost", lost)
                .log(lost == 0 ? "all spans are delivered" : "spans were lost; frames were not");
    }

    /** Sends nothing, to see whether it is taken. */
    CollectorTrial tryOut() {
        CompletableResultCode result = tally.export(List.of()).join(PATIENCE.toMillis(), MILLISECONDS);
        Throwable why = result.getFailureThrowable();
        String problem = result.isSuccess()
                ? ""
                : !result.isDone()
                        ? "no answer within " + PATIENCE.toSeconds() + " s"
                        : why == null ? "it refuses" : String.valueOf(why.getMessage());
        return new CollectorTrial(tally.endpoint(), problem);
    }

    private void end(Span span, long epochNanos) {
        if (span.getSpanContext().isSampled()) {
            tally.made();
        }
        span.end(epochNanos, NANOSECONDS);
    }

    private final class Open implements FrameSpan {
        private final FrameMarks marks;
        private final Context incoming;
        private final Span span;
        // Null until answers go out.
        private Span publish;
        private boolean staged;

        private Open(FrameMarks marks, Context incoming, Span span) {
            this.marks = marks;
            this.incoming = incoming;
            this.span = span;
        }

        @Override
        public void outcome(FrameOutcome outcome, Supplier<String> modelSha256) {
            if (span.isRecording()) {
                outcome.fold(this::classified, rejected -> rejected(rejected, modelSha256.get()), this::dropped);
                if (!staged) {
                    stages(outcome);
                }
                staged = true;
            }
        }

        private Void classified(Classified frame) {
            span.setAttribute(SpanAttributes.OUTCOME, "labelled")
                    .setAttribute(SpanAttributes.CAMERA, frame.head().cameraId())
                    .setAttribute(SpanAttributes.FRAME, frame.head().frameId())
                    .setAttribute(
                            SpanAttributes.PICTURES, (long) frame.pictures().size())
                    .setAttribute(
                            SpanAttributes.MODEL,
                            frame.pictures().get(0).model().sha256());
            return null;
        }

        private Void rejected(Rejected rejected, String modelSha256) {
            span.setAttribute(SpanAttributes.OUTCOME, "dead-lettered")
                    .setAttribute(SpanAttributes.STAGE, rejected.stage().name())
                    .setAttribute(SpanAttributes.ERROR, rejected.code())
                    .setAttribute(SpanAttributes.MODEL, modelSha256)
                    .setStatus(StatusCode.ERROR, rejected.message());
            return null;
        }

        private Void dropped(Dropped dropped) {
            span.setAttribute(SpanAttributes.OUTCOME, "dropped")
                    .setAttribute(SpanAttributes.DROP, dropped.reason().name());
            return null;
        }

        /** One after the other where a frame is one picture; decode and inference overlap where it holds several. */
        private void stages(FrameOutcome outcome) {
            long over = marks.overAt() == FrameMarks.NEVER ? marks.now() : marks.overAt();
            long decoded = marks.decodedAt();
            long inferring = marks.inferringAt();
            if (marks.decodingAt() != FrameMarks.NEVER) {
                Span decode = child("decode", marks.decodingAt());
                if (decoded == FrameMarks.NEVER && outcome instanceof Rejected rejected) {
                    decode.setAttribute(SpanAttributes.ERROR, rejected.code()).setStatus(StatusCode.ERROR);
                }
                end(decode, decoded == FrameMarks.NEVER ? over : decoded);
            }
            if (decoded != FrameMarks.NEVER && (inferring == FrameMarks.NEVER || inferring > decoded)) {
                end(child("wait for batch", decoded), inferring == FrameMarks.NEVER ? over : inferring);
            }
            if (inferring != FrameMarks.NEVER) {
                Span inference = child("inference", inferring).setAttribute(SpanAttributes.BATCH, (long) marks.batch());
                if (decoded != FrameMarks.NEVER && outcome instanceof Rejected rejected) {
                    inference
                            .setAttribute(SpanAttributes.ERROR, rejected.code())
                            .setStatus(StatusCode.ERROR);
                }
                end(inference, over);
            }
        }

        private Span child(String name, long beganAt) {
            return tracer.spanBuilder(name)
                    .setParent(incoming.with(span))
                    .setStartTimestamp(beganAt, NANOSECONDS)
                    .startSpan();
        }

        @Override
        public void publishing(String topic, Headers outgoing) {
            publish = tracer.spanBuilder("send " + topic)
                    .setParent(incoming.with(span))
                    .setSpanKind(SpanKind.PRODUCER)
                    .setStartTimestamp(marks.now(), NANOSECONDS)
                    .setAttribute(SpanAttributes.SYSTEM, "kafka")
                    .setAttribute(SpanAttributes.OPERATION_NAME, "send")
                    .setAttribute(SpanAttributes.OPERATION_TYPE, "send")
                    .setAttribute(SpanAttributes.DESTINATION, topic)
                    .startSpan();
            W3C.fields().forEach(outgoing::remove);
            W3C.inject(
                    incoming.with(publish), outgoing, (headers, key, value) -> headers.add(key, value.getBytes(UTF_8)));
        }

        @Override
        public void failed(RuntimeException cause) {
            span.setAttribute(SpanAttributes.ERROR, cause.getClass().getName())
                    .setStatus(StatusCode.ERROR, String.valueOf(cause.getMessage()))
                    .recordException(cause);
        }

        @Override
        public void close() {
            long now = marks.now();
            if (publish != null) {
                end(publish, now);
            }
            end(span, now);
        }
    }

    /** Reads what the last header of a name says. */
    private enum RecordGetter implements TextMapGetter<Headers> {
        INSTANCE;

        @Override
        public Iterable<String> keys(Headers headers) {
            List<String> keys = new ArrayList<>();
            headers.forEach(header -> keys.add(header.key()));
            return keys;
        }

        @Override
        public String get(Headers headers, String key) {
            Header header = headers == null ? null : headers.lastHeader(key);
            return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
        }
    }
}
