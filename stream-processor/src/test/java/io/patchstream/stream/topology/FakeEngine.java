package io.patchstream.stream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.frame.BatchingStatistics;
import io.patchstream.stream.frame.Confidence;
import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.DurationHistogram;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameObserver;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.frame.Stage;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.ModelLineage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An engine without pixels: the answer is a function of the payload's bytes, a payload that begins with {@code BAD} is
 * rejected, and a batch takes {@code base + n * each}. It batches as a real one does: all that waits when it is free.
 */
public final class FakeEngine implements FrameEngine {
    public static final ServedModel MODEL = new ServedModel(
            new ModelContract(
                    "fake",
                    List.of("cat", "dog", "fish"),
                    Preprocessing.squash(8, Interpolation.BILINEAR),
                    4,
                    1,
                    Precision.FP32,
                    Flavour.PORTABLE,
                    new ModelLineage("", "", "none", 0, Map.of(), "0")),
            "ab".repeat(32),
            "fake 1.0 cpu");

    private static final int MAX_BATCH = 32;

    private final BlockingQueue<Ticket> queue = new LinkedBlockingQueue<>();
    private final Set<FrameTicket> awaited =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private final AtomicLong pictures = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong cancelled = new AtomicLong();
    private final Duration base;
    private final Duration each;
    private final int lookAhead;
    private final Thread dispatcher = new Thread(this::dispatch, "fake-engine");
    private final Set<Ticket> outstanding = ConcurrentHashMap.newKeySet();
    private volatile EngineStoppedException stopped;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    public FakeEngine(Duration base, Duration each, int lookAhead) {
        this.base = base;
        this.each = each;
        this.lookAhead = lookAhead;
        dispatcher.setDaemon(true);
        dispatcher.start();
    }

    /** An engine that takes no time. */
    public static FakeEngine instant() {
        return new FakeEngine(Duration.ZERO, Duration.ZERO, 64);
    }

    private record Ticket(FrameSource source, FrameRequest request, CompletableFuture<FrameOutcome> outcome)
            implements FrameTicket {
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public boolean isDone() {
            return outcome.isDone();
        }

        @Override
        public boolean drop(DropReason reason) {
            return outcome.complete(new FrameOutcome.Dropped(reason));
        }
    }

    /**
     * What it says of a payload: of one that begins with {@code TWO} that two labels are possible, of {@code FAR} that it is farther
     * than 99 % of known pictures.
     */
    public static Prediction predict(byte[] payload) {
        int hash = java.util.Arrays.hashCode(payload) & 0x7fffffff;
        int best = hash % 3;
        float[] embedding = {0.5f, -0.5f, 0.5f, hash % 2 == 0 ? 0.5f : -0.5f};
        return new Prediction(
                MODEL,
                List.of(new Score(best, 0.75f), new Score((best + 1) % 3, 0.25f)),
                embedding,
                confidence(new String(payload, UTF_8)));
    }

    private static Confidence confidence(String payload) {
        if (payload.startsWith("TWO")) {
            return new Confidence(OptionalInt.of(2), Optional.of(new Confidence.Distance(3, 0)));
        } else if (payload.startsWith("FAR")) {
            return new Confidence(OptionalInt.of(1), Optional.of(new Confidence.Distance(40.5f, 99)));
        }
        return Confidence.NONE;
    }

    @Override
    public FrameTicket submit(FrameRequest request) {
        Ticket ticket = new Ticket(request.source(), request, new CompletableFuture<>());
        if (stopped != null) {
            ticket.outcome().completeExceptionally(stopped);
        } else {
            outstanding.add(ticket);
            queue.add(ticket);
        }
        return ticket;
    }

    @Override
    public FrameOutcome await(FrameTicket ticket) throws InterruptedException {
        awaited.add(ticket);
        try {
            return ((Ticket) ticket).outcome().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        }
    }

    /** Whether this very ticket was awaited. */
    boolean wasAwaited(FrameTicket ticket) {
        return awaited.contains(ticket);
    }

    /** Begins nothing until {@link #release}. */
    public void hold() {
        gate = new CountDownLatch(1);
    }

    /** Begins what has waited. */
    public void release() {
        gate.countDown();
    }

    /** From now on nothing is answered any more. */
    public void stop(String why) {
        stopped = new EngineStoppedException(why, null);
    }

    /** Answers again. */
    public void recover() {
        stopped = null;
    }

    private void dispatch() {
        try {
            while (true) {
                List<Ticket> batch = new ArrayList<>(List.of(queue.take()));
                gate.await();
                queue.drainTo(batch, MAX_BATCH - 1);
                batch.removeIf(Ticket::isDone);
                if (!batch.isEmpty()) {
                    TimeUnit.NANOSECONDS.sleep(
                            base.plus(each.multipliedBy(batch.size())).toNanos());
                    batches.incrementAndGet();
                    batch.forEach(this::answer);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(Ticket ticket) {
        outstanding.remove(ticket);
        if (stopped != null) {
            ticket.outcome().completeExceptionally(stopped);
            return;
        }
        try {
            FrameObserver observer = ticket.request().observer();
            observer.decoding();
            EncodedFrame frame = ticket.request().reader().read();
            FrameOutcome outcome = outcome(frame);
            if (outcome instanceof Classified) {
                observer.decoded();
                observer.inferring(frame.head().pictures());
            }
            observer.over();
            ticket.outcome().complete(outcome);
        } catch (RejectedFrameException e) {
            rejected.incrementAndGet();
            ticket.outcome().complete(e.rejected());
        } catch (RuntimeException e) {
            ticket.outcome().completeExceptionally(new EngineStoppedException("a frame could not be read", e));
        }
    }

    private FrameOutcome outcome(EncodedFrame frame) {
        byte[] payload = new byte[frame.payload().remaining()];
        frame.payload().get(payload);
        if (new String(payload, UTF_8).startsWith("BAD")) {
            rejected.incrementAndGet();
            return new Rejected(Stage.DECODE, "NOT_AN_IMAGE", "payload is no image");
        }
        List<Prediction> predictions = new ArrayList<>();
        for (int picture = 0; picture < frame.head().pictures(); picture++) {
            predictions.add(predict(payload));
            pictures.incrementAndGet();
        }
        return new Classified(frame.head(), predictions);
    }

    @Override
    public void cancel(FrameSource source) {
        for (Ticket ticket : outstanding) {
            if (ticket.source().equals(source) && ticket.outcome().cancel(false)) {
                cancelled.incrementAndGet();
            }
        }
    }

    @Override
    public ServedModel model() {
        return MODEL;
    }

    @Override
    public int lookAhead(int threads) {
        return lookAhead;
    }

    @Override
    public EngineStatistics statistics() {
        return new EngineStatistics(
                pictures.get(),
                batches.get(),
                rejected.get(),
                0,
                cancelled.get(),
                0,
                0,
                0,
                DurationHistogram.none(),
                BatchingStatistics.none());
    }

    @Override
    public void close() {
        dispatcher.interrupt();
        stop("closed");
        queue.forEach(ticket -> ticket.outcome().completeExceptionally(stopped));
    }
}
