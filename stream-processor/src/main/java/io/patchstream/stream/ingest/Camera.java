package io.patchstream.stream.ingest;

import io.patchstream.schemas.Frame;
import io.patchstream.schemas.FrameIds;
import io.patchstream.vision.video.VideoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One camera's life: opens its source, sends each record at its time, begins again at the end if it loops, and reconnects
 * when it is live. Sequence numbers go on through all of that, from 0, for as long as it runs.
 *
 * <p>{@link #run} belongs to one thread, which ends with it; the other methods may be called from any.
 */
public final class Camera implements Runnable {
    /**
     * How a camera behaves.
     *
     * @param id the camera's id, the records' key
     * @param loop whether a file begins again at its end
     * @param paced whether a file is sent at its own speed; else as fast as Kafka takes it
     */
    public record Habits(String id, boolean loop, boolean paced) {
        public Habits {
            if (id.isBlank()) {
                throw new IllegalArgumentException("a camera needs an id");
            }
        }
    }

    /** Whether there is room downstream: while there is none, a file waits and a live source loses pictures. */
    @FunctionalInterface
    public interface Gate {
        boolean isOpen();
    }

    private static final Duration GATE_PAUSE = Duration.ofMillis(5);
    private static final Logger LOG = LoggerFactory.getLogger(Camera.class);

    private final Habits habits;
    private final FrameFeed.Source source;
    private final FramePublisher publisher;
    private final Gate gate;
    private final CameraClock clock;
    private final Backoff backoff;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Schedule schedule = new Schedule();
    private volatile FrameFeed open;
    private volatile CameraCounts counts = CameraCounts.none();
    private volatile Exception failure;

    /** A camera that publishes through {@code publisher}, which it borrows. */
    public Camera(Habits habits, FrameFeed.Source source, FramePublisher publisher, Gate gate) {
        this(
                habits,
                source,
                publisher,
                gate,
                CameraClock.system(),
                new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), ThreadLocalRandom.current()::nextDouble));
    }

    Camera(
            Habits habits,
            FrameFeed.Source source,
            FramePublisher publisher,
            Gate gate,
            CameraClock clock,
            Backoff backoff) {
        this.habits = habits;
        this.source = source;
        this.publisher = publisher;
        this.gate = gate;
        this.clock = clock;
        this.backoff = backoff;
    }

    public String id() {
        return habits.id();
    }

    public CameraCounts counts() {
        return counts;
    }

    /** Why it ended, if not by {@link #stop} or by its source's end. */
    public Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    /** Ends {@link #run} soon. */
    public void stop() {
        stop.countDown();
        FrameFeed feed = open;
        if (feed != null) {
            feed.abort();
        }
    }

    @Override
    public void run() {
        try {
            boolean again = true;
            while (again && !stopping()) {
                again = source.live() ? playLive() : playFile();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        } catch (IOException | RuntimeException e) {
            if (stopping()) {
                LOG.atDebug().setCause(e).addKeyValue("camera", id()).log("camera's source ended by stopping it");
            } else {
                failure = e;
            }
        }
    }

    /** From a file's beginning to its end; whether to play it again. */
    private boolean playFile() throws IOException, InterruptedException {
        long before = counts.read();
        play();
        return habits.loop() && counts.read() > before;
    }

    /**
     * Until the stream breaks; then a pause. Plays again, unless it has never played and is refused its login: cameras lock
     * those out who try again and again.
     */
    private boolean playLive() throws IOException, InterruptedException {
        long before = counts.read();
        String why = "the stream ended";
        try {
            play();
        } catch (IOException e) {
            if (counts.read() == 0 && e instanceof VideoException refused && refused.loginRefused()) {
                throw e;
            }
            why = e.getMessage();
        }
        if (stopping()) {
            return false;
        }
        if (counts.read() > before) {
            backoff.reset();
        }
        Duration pause = backoff.next();
        LOG.atWarn()
                .addKeyValue("camera", id())
                .addKeyValue("source", source)
                .addKeyValue("failures", backoff.failures())
                .addKeyValue("pauseMillis", pause.toMillis())
                .log("camera lost, connecting again: {}", why);
        clock.sleep(pause, stop);
        counts = counts.reconnected();
        return true;
    }

    private void play() throws IOException, InterruptedException {
        try (FrameFeed feed = source.open()) {
            open = feed;
            schedule.begin(clock.nanos());
            Optional<EncodedPictures> next = stopping() ? Optional.empty() : feed.next();
            while (next.isPresent() && !stopping()) {
                EncodedPictures pictures = next.get();
                if (hasRoom() && itsTime(pictures)) {
                    send(pictures);
                }
                next = stopping() ? Optional.empty() : feed.next();
            }
        } finally {
            open = null;
        }
    }

    /** Waits for room if the source can wait; false when this record is not to be sent. */
    private boolean hasRoom() throws InterruptedException {
        boolean room = gate.isOpen();
        while (!room && !source.live() && !stopping()) {
            clock.sleep(GATE_PAUSE, stop);
            room = gate.isOpen();
        }
        if (!room && source.live()) {
            counts = counts.oneSkipped();
        }
        return room;
    }

    /** Waits until the record is due; false when the camera stopped meanwhile. */
    private boolean itsTime(EncodedPictures pictures) throws InterruptedException {
        if (habits.paced() && !source.live()) {
            long early = schedule.early(pictures.lastMicros(), clock.nanos());
            if (early > 0) {
                clock.sleep(Duration.ofNanos(early), stop);
            }
        }
        return !stopping();
    }

    private void send(EncodedPictures pictures) throws InterruptedException {
        ByteBuffer payload = pictures.payload();
        int bytes = payload.remaining();
        if (bytes > publisher.maxPayloadBytes()) {
            LOG.atWarn()
                    .addKeyValue("camera", id())
                    .addKeyValue("bytes", bytes)
                    .addKeyValue("mostBytes", publisher.maxPayloadBytes())
                    .log("a picture is too large for a record and is left out; input.max.bytes is the limit");
            counts = counts.oneTooLarge();
            return;
        }
        long capturedAt = clock.epochMicros() - (pictures.lastMicros() - pictures.firstMicros());
        publisher.publish(frame(pictures, counts.pictures(), capturedAt));
        counts = counts.sent(pictures.pictures(), bytes);
    }

    private Frame frame(EncodedPictures pictures, long sequence, long capturedAtMicros) {
        UUID frameId = source.live()
                ? FrameIds.ofLive(id(), sequence, pictures.payload(), capturedAtMicros)
                : FrameIds.ofStored(id(), sequence, pictures.payload());
        return Frame.newBuilder()
                .setFrameId(frameId.toString())
                .setCameraId(id())
                .setSequence(sequence)
                .setCapturedAt(Instant.EPOCH.plus(capturedAtMicros, ChronoUnit.MICROS))
                .setEncoding(pictures.encoding())
                .setPictures(pictures.pictures())
                .setPayload(pictures.payload())
                .setAttributes(Map.of())
                .build();
    }

    private boolean stopping() {
        return stop.getCount() == 0;
    }
}
