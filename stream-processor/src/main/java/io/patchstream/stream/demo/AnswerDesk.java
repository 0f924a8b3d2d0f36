package io.patchstream.stream.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Origin;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.deadletters.DeadLetterBox;
import io.patchstream.stream.page.LivePage;
import io.patchstream.stream.publish.DeadLetters;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;

/** Enters each answer that is read into the books, the truth's score, the latencies and the board. Used by the reader. */
final class AnswerDesk implements AnswerReader.Listener {
    private final FrameBooks books;
    private final TruthBook truth;
    private final Latencies latencies;
    private final DemoBoard board;
    private final LivePage page;
    private final AvroDeserializer<Frame> frames;
    private final AtomicReference<String> first = new AtomicReference<>();
    private final AtomicLong lastNanos = new AtomicLong();

    /**
     * @param page told of each label
     * @param frames borrowed
     */
    AnswerDesk(
            FrameBooks books,
            TruthBook truth,
            Latencies latencies,
            DemoBoard board,
            LivePage page,
            AvroDeserializer<Frame> frames) {
        this.books = books;
        this.truth = truth;
        this.latencies = latencies;
        this.board = board;
        this.page = page;
        this.frames = frames;
    }

    @Override
    public void label(Classification label) {
        lastNanos.set(System.nanoTime());
        String camera = label.getCameraId();
        boolean reused = label.getLineage().getOrigin() == Origin.REUSED;
        if (!books.labelled(camera, label.getSequence(), reused)) {
            return;
        }
        LabelScore best = label.getTopK().get(0);
        long micros = ChronoUnit.MICROS.between(label.getCapturedAt(), Instant.now());
        latencies.add(micros);
        Optional<Boolean> verdict = truth.compare(camera, label.getSequence(), best.getLabel());
        page.published(camera, micros, verdict);
        String said = verdict.map(right -> right
                        ? "right"
                        : "wrong: " + truth.of(camera, label.getSequence()).orElseThrow())
                .orElse("");
        board.answered(
                camera,
                best.getLabel(),
                best.getProbability(),
                Duration.of(micros, ChronoUnit.MICROS).toMillis(),
                said);
        first.compareAndSet(null, camera + " shows: " + best.getLabel());
    }

    @Override
    public void deadLetter(ConsumerRecord<byte[], byte[]> letter) {
        lastNanos.set(System.nanoTime());
        if (letter.headers().lastHeader(DeadLetterBox.ATTEMPTS) != null) {
            // Somebody has sent it in again on the page: an answer more than the demo's frames are due.
            board.deadLetter("  dead letter, sent in again and dead again: " + header(letter, DeadLetters.CODE));
            return;
        }
        boolean expected = books.deadLetteredBroken(letter.value());
        if (!expected) {
            enterUnexpected(letter);
        }
        board.deadLetter("  dead letter, " + (expected ? "broken on purpose" : "which nobody expected") + ": "
                + header(letter, DeadLetters.STAGE) + ", " + header(letter, DeadLetters.CODE) + ": "
                + header(letter, DeadLetters.MESSAGE));
    }

    /** A healthy frame, or a stranger. */
    private void enterUnexpected(ConsumerRecord<byte[], byte[]> letter) {
        try {
            Frame frame = frames.deserialize(letter.topic(), letter.value());
            books.deadLettered(frame.getCameraId(), frame.getSequence(), frame.getPictures());
        } catch (SerializationException e) {
            books.stranger();
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String key) {
        Header header = letter.headers().lastHeader(key);
        return header == null || header.value() == null ? "?" : new String(header.value(), UTF_8);
    }

    /** The first label, in words; null before it. */
    String first() {
        return first.get();
    }

    /** When the last answer was read, by {@link System#nanoTime}. */
    long lastNanos() {
        return lastNanos.get();
    }
}
