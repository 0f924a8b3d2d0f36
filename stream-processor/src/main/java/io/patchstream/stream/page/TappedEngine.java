package io.patchstream.stream.page;

import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.ForwardingEngine;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameReader;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.RejectedFrameException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * An engine whose answers are seen in passing. While nobody watches, a frame costs one small object more, and only
 * frames that are rejected are put into the mailbox. The answers are the engine's own, untouched. What is tried out on
 * the page is no camera's and passes unseen.
 */
final class TappedEngine extends ForwardingEngine {
    private final Mailbox mailbox;

    /** Closing this closes {@code engine}. */
    TappedEngine(FrameEngine engine, Mailbox mailbox) {
        super(engine);
        this.mailbox = mailbox;
    }

    @Override
    public FrameTicket submit(FrameRequest request) {
        if (request.source().equals(TryOut.SOURCE)) {
            return engine.submit(request);
        }
        Reading reading = new Reading(request.reader(), mailbox, System.nanoTime());
        FrameTicket ticket = engine.submit(request.withReader(reading));
        return new Ticket(ticket, request.camera(), reading);
    }

    @Override
    public FrameOutcome await(FrameTicket given) throws InterruptedException {
        if (!(given instanceof Ticket ticket)) {
            return engine.await(given);
        }
        FrameOutcome outcome = engine.await(ticket.inner);
        if (mailbox.isWatched() || outcome instanceof FrameOutcome.Rejected) {
            see(ticket, outcome);
        }
        return outcome;
    }

    private void see(Ticket ticket, FrameOutcome outcome) {
        long now = System.nanoTime();
        String camera =
                outcome instanceof FrameOutcome.Classified frame ? frame.head().cameraId() : ticket.camera;
        boolean shown = outcome instanceof FrameOutcome.Classified && mailbox.wantsPicture(camera, now);
        mailbox.offer(new Sighting(
                ticket.source(),
                camera,
                outcome,
                shown ? Optional.ofNullable(ticket.reading.frame) : Optional.empty(),
                ticket.reading.times(now),
                ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now())));
    }

    /** Reads as it was told to; while somebody watches, keeps what it read as long as its ticket lives. */
    private static final class Reading implements FrameReader {
        private final FrameReader reader;
        private final Mailbox mailbox;
        private final long submitted;
        private volatile long began;
        private volatile long ended;
        private volatile EncodedFrame frame;

        Reading(FrameReader reader, Mailbox mailbox, long submitted) {
            this.reader = reader;
            this.mailbox = mailbox;
            this.submitted = submitted;
        }

        @Override
        public EncodedFrame read() throws RejectedFrameException {
            began = System.nanoTime();
            EncodedFrame read = reader.read();
            frame = mailbox.isWatched() ? read : null;
            ended = System.nanoTime();
            return read;
        }

        /** All of the time is waiting where the frame was never read. */
        Sighting.Times times(long now) {
            long from = ended == 0 ? now : began;
            long to = ended == 0 ? now : ended;
            return new Sighting.Times(from - submitted, to - from, now - to);
        }
    }

    /** The engine's ticket, and how its frame was read. */
    private record Ticket(FrameTicket inner, String camera, Reading reading) implements FrameTicket {
        @Override
        public FrameSource source() {
            return inner.source();
        }

        @Override
        public boolean isDone() {
            return inner.isDone();
        }

        @Override
        public boolean drop(DropReason reason) {
            return inner.drop(reason);
        }
    }
}
