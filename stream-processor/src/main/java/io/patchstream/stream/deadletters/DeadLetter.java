package io.patchstream.stream.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.publish.DeadLetters;
import io.patchstream.stream.publish.SourcePosition;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A dead letter: a record that could not be answered, as it came, and why. One that Kafka Streams' own handlers wrote has
 * no stage and no code of ours; its exception stands for both.
 *
 * @param record the record on the dead letters' topic
 */
record DeadLetter(ConsumerRecord<byte[], byte[]> record) {
    /** How often the frame was sent in again before it died this time. */
    static final String ATTEMPTS = "patchstream.replay.attempts";

    /** Where the dead letter lies, {@code partition:offset}: its name among dead letters. */
    String place() {
        return record.partition() + ":" + record.offset();
    }

    /** Where the frame was read; empty when the headers do not say. */
    Optional<SourcePosition> source() {
        try {
            Optional<Integer> partition = text(DeadLetters.PARTITION).map(Integer::valueOf);
            Optional<Long> offset = text(DeadLetters.OFFSET).map(Long::valueOf);
            return text(DeadLetters.TOPIC)
                    .filter(topic -> partition.isPresent() && offset.isPresent())
                    .map(topic -> new SourcePosition(topic, partition.get(), offset.get()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** {@code STAGE/CODE}, such as {@code READ/AVRO}. */
    String reason() {
        Optional<String> stage = text(DeadLetters.STAGE);
        Optional<String> code = text(DeadLetters.CODE);
        return stage.isPresent() && code.isPresent()
                ? stage.get() + "/" + code.get()
                : text(DeadLetters.EXCEPTION)
                        .map(exception -> exception.split("[:\\s]", 2)[0])
                        .orElse("UNKNOWN");
    }

    String message() {
        return text(DeadLetters.MESSAGE).orElse("");
    }

    /** The camera, by the record's key; empty where there is none. */
    String camera() {
        return record.key() == null ? "" : new String(record.key(), UTF_8);
    }

    /** How often it was sent in again already; a header that is no number counts as never. */
    int attempts() {
        return text(ATTEMPTS)
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Integer::valueOf)
                .orElse(0);
    }

    /** The headers that the frame came with, and the attempt that this is. */
    Headers sentInAgain() {
        Headers headers = new RecordHeaders();
        for (Header header : record.headers()) {
            if (!header.key().startsWith("__streams.errors.")
                    && !header.key().equals(DeadLetters.STAGE)
                    && !header.key().equals(DeadLetters.CODE)
                    && !header.key().equals(DeadLetters.MODEL_SHA256)
                    && !header.key().equals(ATTEMPTS)) {
                headers.add(header);
            }
        }
        return headers.add(ATTEMPTS, Integer.toString(attempts() + 1).getBytes(UTF_8));
    }

    private Optional<String> text(String header) {
        Header last = record.headers().lastHeader(header);
        return last == null || last.value() == null ? Optional.empty() : Optional.of(new String(last.value(), UTF_8));
    }
}
