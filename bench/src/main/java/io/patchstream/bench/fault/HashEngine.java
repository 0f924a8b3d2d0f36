package io.patchstream.bench.fault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.patchstream.stream.frame.BatchingStatistics;
import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.DurationHistogram;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.FrameOutcome.Dropped;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.FrameReader;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An engine that costs nothing: its answer is a hash of the payload's bytes, so that the accounts can tell a right answer
 * from a wrong one, and a payload that begins with {@code BAD} is rejected. What is submitted is read ahead on a thread of
 * its own, as by a real engine.
 */
final class HashEngine implements FrameEngine {
    static final ServedModel MODEL = new ServedModel(
            new ModelContract(
                    "hash",
                    List.of("cat", "dog", "fish", "bird"),
                    Preprocessing.squash(8, Interpolation.BILINEAR),
                    4,
                    1,
                    Precision.FP32,
                    Flavour.PORTABLE,
                    new ModelLineage("", "", "none", 0, Map.of(), "0")),
            "ab".repeat(32),
            "hash 1.0 cpu");

    private static final int LOOK_AHEAD = 64;

    private final ExecutorService reader = Executors.newSingleThreadExecutor(task -> new Thread(task, "hash-engine"));
    private final AtomicLong pictures = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();

    /** By identity: two frames of one source are two tickets. */
    private static final class Ticket implements FrameTicket {
        private final FrameSource source;
        private final CompletableFuture<FrameOutcome> outcome;

        Ticket(FrameSource source, CompletableFuture<FrameOutcome> outcome) {
            this.source = source;
            this.outcome = outcome;
        }

        @Override
        public FrameSource source() {
            return source;
        }

        @Override
        public boolean isDone() {
            return outcome.isDone();
        }

        @Override
        public boolean drop(DropReason reason) {
            return outcome.complete(new Dropped(reason));
        }
    }

    /** What it says of a payload. */
    static Prediction predict(byte[] payload) {
        int best = label(payload);
        float[] embedding = {0.5f, -0.5f, 0.5f, best % 2 == 0 ? 0.5f : -0.5f};
        return new Prediction(MODEL, List.of(new Score(best, 0.75f), new Score((best + 1) % 4, 0.25f)), embedding);
    }

    /** The index of the label that it gives a payload. */
    static int label(byte[] payload) {
        return Arrays.hashCode(payload) & 3;
    }

    @Override
    public FrameTicket submit(FrameRequest request) {
        try {
            return new Ticket(request.source(), CompletableFuture.supplyAsync(() -> answer(request.reader()), reader));
        } catch (RejectedExecutionException e) {
            return new Ticket(
                    request.source(),
                    CompletableFuture.failedFuture(new EngineStoppedException("the engine is closed", e)));
        }
    }

    private FrameOutcome answer(FrameReader frameReader) {
        try {
            EncodedFrame frame = frameReader.read();
            byte[] payload = new byte[frame.payload().remaining()];
            frame.payload().get(payload);
            if (new String(payload, ISO_8859_1).startsWith("BAD")) {
                rejected.incrementAndGet();
                return new Rejected(Stage.DECODE, "NOT_AN_IMAGE", "payload is no image");
            }
            pictures.incrementAndGet();
            return new Classified(frame.head(), List.of(predict(payload)));
        } catch (RejectedFrameException e) {
            rejected.incrementAndGet();
            return e.rejected();
        } catch (RuntimeException e) {
            throw new EngineStoppedException("a frame could not be read", e);
        }
    }

    @Override
    public FrameOutcome await(FrameTicket ticket) throws InterruptedException {
        try {
            return ((Ticket) ticket).outcome.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        }
    }

    /** Nothing to save: whatever waits is answered in microseconds, and nobody asks for it any more. */
    @Override
    public void cancel(FrameSource source) {}

    @Override
    public ServedModel model() {
        return MODEL;
    }

    @Override
    public int lookAhead(int threads) {
        return LOOK_AHEAD;
    }

    @Override
    public EngineStatistics statistics() {
        return new EngineStatistics(
                pictures.get(),
                pictures.get(),
                rejected.get(),
                0,
                0,
                0,
                0,
                0,
                DurationHistogram.none(),
                BatchingStatistics.none());
    }

    @Override
    public void close() {
        reader.shutdownNow();
    }
}
