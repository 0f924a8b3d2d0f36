package io.patchstream.stream.trace;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An exporter that counts what becomes of spans. The first loss of a kind is logged, the rest are counted: a collector that
 * is down is not worth a line a second.
 *
 * <p>Shared: stream threads make, the exporter's threads deliver.
 */
final class SpanTally implements SpanExporter {
    private static final Logger LOG = LoggerFactory.getLogger(SpanTally.class);

    private final SpanExporter exporter;
    private final String endpoint;
    private final int queue;
    private final BiConsumer<String, String> warning;
    private final LongAdder made = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicBoolean saidFailed = new AtomicBoolean();
    private final AtomicBoolean saidFull = new AtomicBoolean();

    /**
     * @param endpoint where spans go, for the log
     * @param queue how many spans may wait
     */
    SpanTally(SpanExporter exporter, String endpoint, int queue) {
        this(
                exporter,
                endpoint,
                queue,
                (message, reason) -> LOG.atWarn()
                        .addKeyValue("collector", endpoint)
                        .addKeyValue("reason", reason)
                        .log(message));
    }

    /** @param warning is given what is lost, and why */
    SpanTally(SpanExporter exporter, String endpoint, int queue, BiConsumer<String, String> warning) {
        this.exporter = exporter;
        this.endpoint = endpoint;
        this.queue = queue;
        this.warning = warning;
    }

    /** A span ends that is to be sent. */
    void made() {
        made.increment();
    }

    /** Where spans go. */
    String endpoint() {
        return endpoint;
    }

    SpanCounts counts() {
        return new SpanCounts(made.sum(), delivered.sum(), failed.sum());
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        // More than can wait have neither arrived nor failed.
        if (counts().outstanding() - spans.size() > queue && saidFull.compareAndSet(false, true)) {
            warning.accept("spans are left out, which costs no frame", "more than " + queue + " would have to wait");
        }
        int size = spans.size();
        CompletableResultCode result = exporter.export(spans);
        result.whenComplete(() -> settled(result, size));
        return result;
    }

    private void settled(CompletableResultCode result, int size) {
        if (result.isSuccess()) {
            delivered.add(size);
            return;
        }
        failed.add(size);
        if (saidFailed.compareAndSet(false, true)) {
            Throwable why = result.getFailureThrowable();
            warning.accept(
                    "spans cannot be delivered, which costs no frame; later ones are tried and counted",
                    why == null ? "none given" : why.toString());
        }
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
