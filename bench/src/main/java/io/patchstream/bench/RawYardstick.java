package io.patchstream.bench;

import ai.onnxruntime.OrtException;
import com.google.errorprone.annotations.MustBeClosed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The raw engine in the form in which it is fastest here: how many callers, threads and images a batch is measured first. */
final class RawYardstick implements AutoCloseable {
    private static final List<Integer> BATCHES = List.of(1, 2, 4, 8);
    private static final Duration TRIAL = Duration.ofMillis(1000);
    private static final int PASSES = 3;

    private final RawSession session;
    private final int callers;
    private final int threads;
    private final int batch;
    private final double perSecond;
    private final ExecutorService pool;

    private RawYardstick(RawSession session, int callers, int threads, int batch, double perSecond) {
        this.session = session;
        this.callers = callers;
        this.threads = threads;
        this.batch = batch;
        this.perSecond = perSecond;
        this.pool = Executors.newFixedThreadPool(callers);
    }

    /**
     * Tries callers x 1 thread and 1 caller x threads at several batch sizes, in passes that take turns, and keeps the one
     * whose best pass is the fastest: what else the machine does can make a trial slower, and never faster.
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // each trial is closed, or replaces the best that is
    static RawYardstick chosenFor(Path model) throws Exception {
        int cores = Runtime.getRuntime().availableProcessors();
        int fewest = 1;
        int most = cores;
        double best = 0;
        int bestCallers = 1;
        int bestBatch = 1;
        for (int pass = 0; pass < PASSES; pass++) {
            for (int callers : cores > 1 ? new int[] {most, fewest} : new int[] {fewest}) {
                for (int batch : BATCHES) {
                    double rate = trial(model, callers, cores / callers, batch);
                    if (rate > best) {
                        best = rate;
                        bestCallers = callers;
                        bestBatch = batch;
                    }
                }
            }
        }
        int threads = cores / bestCallers;
        return new RawYardstick(new RawSession(model, threads), bestCallers, threads, bestBatch, best);
    }

    @SuppressWarnings("MustBeClosedChecker") // the trial closes its session
    private static double trial(Path model, int callers, int threads, int batch) throws Exception {
        try (RawYardstick trial = new RawYardstick(new RawSession(model, threads), callers, threads, batch, 0)) {
            trial.sample(TRIAL.dividedBy(3));
            return trial.sample(TRIAL).perSecond();
        }
    }

    String description() {
        return callers + " callers x " + threads + " threads, batch " + batch;
    }

    /** Images per second of the trial that won. */
    double perSecond() {
        return perSecond;
    }

    int height() {
        return session.height();
    }

    int width() {
        return session.width();
    }

    /** Runs for a while. */
    Rounds.Sample sample(Duration duration) throws Exception {
        return Rounds.measure(this::until, duration);
    }

    private long until(long nanoDeadline) throws Exception {
        List<Future<Long>> running = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            running.add(pool.submit(() -> session.run(batch, nanoDeadline)));
        }
        long images = 0;
        for (Future<Long> caller : running) {
            images += caller.get();
        }
        return images;
    }

    @Override
    public void close() throws OrtException {
        pool.shutdownNow();
        session.close();
    }
}
