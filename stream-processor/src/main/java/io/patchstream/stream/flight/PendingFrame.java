package io.patchstream.stream.flight;

import static java.util.Objects.requireNonNull;

import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameReader;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.RejectedFrameException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A frame that the engine has accepted, from {@code submit} to its one outcome: classified, rejected, dropped, cancelled or
 * failed. The first of them wins; what comes later is ignored, so each stage may report without asking.
 *
 * <p>Shared: a decode thread reads and decodes it, infer threads answer its pictures, a stream thread waits for it.
 */
public final class PendingFrame implements FrameTicket {
    private final FrameRequest request;
    private final LongSupplier nanoClock;
    private final CompletableFuture<FrameOutcome> outcome = new CompletableFuture<>();

    // Guarded by this. The reader holds the record's bytes: it goes as soon as they are read.
    private FrameReader reader;
    private FrameHead head;
    private final List<Prediction> predictions = new ArrayList<>(1);
    private int answered;
    private int pictures = -1;

    private volatile boolean promoted;
    private volatile long lastProgress;

    public PendingFrame(FrameRequest request, LongSupplier nanoClock) {
        this.request = requireNonNull(request, "request");
        this.reader = request.reader();
        this.nanoClock = nanoClock;
        this.lastProgress = nanoClock.getAsLong();
    }

    @Override
    public FrameSource source() {
        return request.source();
    }

    /** Whose it is; empty when that is not known. */
    public String camera() {
        return request.camera();
    }

    /** When it is late, by {@link System#nanoTime()}; {@link FrameRequest#NO_DEADLINE} for never. */
    public long deadlineNanos() {
        return request.deadlineNanos();
    }

    /** Drops it as late when its answer cannot be there in time. True when it has its outcome. */
    public boolean dropIfLate(long nanosToAnswer) {
        if (request.deadlineNanos() != FrameRequest.NO_DEADLINE
                && nanoClock.getAsLong() + nanosToAnswer - request.deadlineNanos() > 0) {
            drop(DropReason.LATE);
        }
        return isDone();
    }

    @Override
    public boolean drop(DropReason reason) {
        return finish(new FrameOutcome.Dropped(reason));
    }

    @Override
    public boolean isDone() {
        return outcome.isDone();
    }

    /** Tells {@code listener} of the outcome, once; empty when it was cancelled or failed. */
    public void whenDone(Consumer<Optional<FrameOutcome>> listener) {
        outcome.whenComplete((value, failure) -> listener.accept(Optional.ofNullable(value)));
    }

    /** Somebody waits: what is queued of it and what still will be goes first. True the first time. */
    public boolean promote() {
        boolean first = !promoted;
        promoted = true;
        return first;
    }

    public boolean isPromoted() {
        return promoted;
    }

    /** When a stage last got on with this frame, by the engine's clock in nanoseconds. */
    public long lastProgress() {
        return lastProgress;
    }

    /**
     * Reads the record; once, on a decode thread.
     *
     * @throws RejectedFrameException when the record is at fault
     */
    public EncodedFrame read() throws RejectedFrameException {
        FrameReader once;
        synchronized (this) {
            once = requireNonNull(reader, "a frame is read once");
            reader = null;
        }
        progress();
        request.observer().decoding();
        EncodedFrame frame = once.read();
        synchronized (this) {
            head = frame.head();
        }
        return frame;
    }

    /** The last of its pictures is written, and not handed over yet. */
    public void written() {
        request.observer().decoded();
    }

    /** All its pictures are decoded, {@code count} of them, at least one. */
    public void decoded(int count) {
        synchronized (this) {
            pictures = count;
        }
        progress();
        completeIfWhole();
    }

    /** A batch of {@code size} pictures begins, with one of its. */
    public void inferring(int size) {
        request.observer().inferring(size);
    }

    /** The answer for picture {@code index}. */
    public void predicted(int index, Prediction prediction) {
        synchronized (this) {
            while (predictions.size() <= index) {
                predictions.add(null);
            }
            if (predictions.set(index, prediction) == null) {
                answered++;
            }
        }
        progress();
        completeIfWhole();
    }

    /** The frame is at fault. True when that is its outcome. */
    public boolean rejected(FrameOutcome.Rejected rejected) {
        return finish(rejected);
    }

    /** Its source is closed. True when that is its outcome. */
    public boolean cancel() {
        return release(outcome.completeExceptionally(new CancellationException("its source was cancelled")));
    }

    /** The engine can give no answer. True when that is its outcome. */
    public boolean failed(EngineStoppedException cause) {
        return release(outcome.completeExceptionally(cause));
    }

    /**
     * Waits at most so long.
     *
     * @throws TimeoutException when it has no outcome by then
     * @throws EngineStoppedException when the engine failed
     * @throws CancellationException when its source was cancelled
     */
    public FrameOutcome await(long nanos) throws InterruptedException, TimeoutException {
        try {
            return outcome.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new EngineStoppedException(
                    e.getCause().getMessage(), e.getCause().getCause());
        }
    }

    private void progress() {
        lastProgress = nanoClock.getAsLong();
    }

    private void completeIfWhole() {
        FrameOutcome.Classified whole;
        synchronized (this) {
            if (answered != pictures || isDone()) {
                return;
            }
            whole = new FrameOutcome.Classified(head, predictions);
        }
        finish(whole);
    }

    private boolean finish(FrameOutcome value) {
        // Before whoever waits goes on: it reads what the observer noted.
        request.observer().over();
        return release(outcome.complete(value));
    }

    private boolean release(boolean won) {
        synchronized (this) {
            reader = null;
        }
        return won;
    }
}
