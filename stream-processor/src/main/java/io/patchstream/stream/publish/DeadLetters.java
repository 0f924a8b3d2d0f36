package io.patchstream.stream.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.RejectedFrameException;
import java.util.function.Predicate;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The headers of dead letters: Kafka Streams' own ({@code __streams.errors.*}, KIP-1034, written as Streams writes them)
 * so that its tools read ours, and {@code patchstream.*} for what only we know. Key and value stay as they came.
 */
public final class DeadLetters {
    public static final String EXCEPTION = "__streams.errors.exception";
    public static final String MESSAGE = "__streams.errors.message";
    public static final String STACKTRACE = "__streams.errors.stacktrace";
    public static final String TOPIC = "__streams.errors.topic";
    public static final String PARTITION = "__streams.errors.partition";
    public static final String OFFSET = "__streams.errors.offset";
    public static final String STAGE = "patchstream.stage";
    public static final String CODE = "patchstream.code";
    public static final String MODEL_SHA256 = "patchstream.model.sha256";

    private DeadLetters() {}

    /**
     * The headers of a dead letter.
     *
     * @param original the record's headers
     * @param kept which of them go along
     * @param source where the record was read
     * @param rejected why there is no answer
     * @param modelSha256 the model that was being served
     */
    public static Headers headers(
            Headers original, Predicate<Header> kept, SourcePosition source, Rejected rejected, String modelSha256) {
        Headers headers = new RecordHeaders();
        for (Header header : original) {
            if (kept.test(header)) {
                headers.add(header);
            }
        }
        String exception = RejectedFrameException.class.getName();
        set(headers, EXCEPTION, exception + ": " + rejected.message());
        set(headers, MESSAGE, rejected.message());
        // A rejection is a value and was never thrown: its stage is all the trace there is.
        set(headers, STACKTRACE, exception + ": " + rejected.message() + "\n\tat stage " + rejected.stage());
        set(headers, TOPIC, source.topic());
        set(headers, PARTITION, Integer.toString(source.partition()));
        set(headers, OFFSET, Long.toString(source.offset()));
        set(headers, STAGE, rejected.stage().name());
        set(headers, CODE, rejected.code());
        set(headers, MODEL_SHA256, modelSha256);
        return headers;
    }

    /** Replaces, so that a dead letter that was sent in again and fails again tells its latest story. */
    private static void set(Headers headers, String key, String value) {
        headers.remove(key).add(key, value.getBytes(UTF_8));
    }
}
