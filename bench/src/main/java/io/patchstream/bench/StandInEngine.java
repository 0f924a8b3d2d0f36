package io.patchstream.bench;

import io.patchstream.stream.frame.BatchingStatistics;
import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.DurationHistogram;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.ModelLineage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * In place of the engine: reads each frame's record and answers it, in the order of submission, so many a second and with
 * an answer of a model's size, but without looking at it. What a pipeline around it costs is what lies beside the model, at
 * a rate that does not depend on the machine.
 */
final class StandInEngine implements FrameEngine {
    private static final int CLASSES = 10;
    private static final int TOP_K = 5;

    private final ServedModel model;
    private final Prediction answer;
    private final double perSecond;
    private final BlockingQueue<Ticket> submitted = new LinkedBlockingQueue<>();
    // By its name, what reading takes is told from what streams and clients take.
    private final Thread thread = new Thread(this::run, "decode-stand-in");
    private volatile long answered;

    /** A submitted frame. By identity: two frames of one source are two tickets. */
    private static final class Ticket implements FrameTicket {
        private final FrameRequest request;
        private final CompletableFuture<FrameOutcome> outcome = new CompletableFuture<>();

        private Ticket(FrameRequest request) {
            this.request = request;
        }

        @Override
        public FrameSource source() {
            return request.source();
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
     * Starts its thread.
     *
     * @param embeddingSize D of the model that it stands for
     * @param perSecond frames that it answers in a second; 0 is as many as there are
     */
    StandInEngine(int embeddingSize, double perSecond) {
        this.model = new ServedModel(
                new ModelContract(
                        "stand-in",
                        IntStream.range(0, CLASSES).mapToObj(k -> "class-" + k).toList(),
                        Preprocessing.squash(224, Interpolation.BILINEAR),
                        embeddingSize,
                        1,
                        Precision.FP32,
                        Flavour.PORTABLE,
                        new ModelLineage("", "", "none", 0, Map.of(), "0")),
                "0".repeat(64),
                "stand-in");
        List<Score> scores = new ArrayList<>();
        for (int k = 0; k < TOP_K; k++) {
            scores.add(new Score(k, 1f / CLASSES));
        }
        float[] embedding = new float[embeddingSize];
        embedding[0] = 1;
        this.answer = new Prediction(model, scores, embedding);
        this.perSecond = perSecond;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        long due = System.nanoTime();
        try {
            while (true) {
                Ticket ticket = submitted.take();
                if (perSecond > 0) {
                    // Time in which there was nothing to answer is not made up for.
                    due = Math.max(due + (long) (1e9 / perSecond), System.nanoTime());
                    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                        if (Thread.interrupted()) {
                            return;
                        }
                    }
                }
                ticket.outcome.complete(answer(ticket.request));
                answered++;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private FrameOutcome answer(FrameRequest request) {
        try {
            EncodedFrame frame = request.reader().read();
            return new FrameOutcome.Classified(frame.head(), List.of(answer));
        } catch (RejectedFrameException e) {
            return e.rejected();
        }
    }

    @Override
    public FrameTicket submit(FrameRequest request) {
        Ticket ticket = new Ticket(request);
        submitted.add(ticket);
        return ticket;
    }

    @Override
    public FrameOutcome await(FrameTicket ticket) throws InterruptedException {
        try {
            return ((Ticket) ticket).outcome.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nothing completes an answer with a failure", e);
        }
    }

    /** Forgets what is submitted, so that the next round does not wait for it. */
    @Override
    public void cancel(FrameSource source) {
        submitted.removeIf(ticket -> ticket.source().equals(source));
    }

    @Override
    public ServedModel model() {
        return model;
    }

    /** Half a second's work, as of a real engine. */
    @Override
    public int lookAhead(int threads) {
        return perSecond == 0 ? 1024 : (int) Math.max(2, Math.ceil(perSecond / 2 / threads));
    }

    @Override
    public EngineStatistics statistics() {
        return new EngineStatistics(
                answered, answered, 0, 0, 0, 0, 0, 0, DurationHistogram.none(), BatchingStatistics.none());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
