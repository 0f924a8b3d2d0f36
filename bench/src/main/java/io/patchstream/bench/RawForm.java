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

/** The raw engine with so many callers, threads of each, and images a batch. */
final class RawForm implements AutoCloseable {
    private final RawSession session;
    private final int callers;
    private final int threads;
    private final int batch;
    private final ExecutorService pool;

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes the session
    RawForm(Path model, boolean gpu, int callers, int threads, int batch) throws OrtException {
        this.session = new RawSession(model, gpu, threads);
        this.callers = callers;
        this.threads = threads;
        this.batch = batch;
        this.pool = Executors.newFixedThreadPool(callers);
    }

    /** H of the model's input. */
    int height() {
        return session.height();
    }

    /** W of the model's input. */
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
    public String toString() {
        return callers + " callers x " + threads + " threads, batch " + batch;
    }

    @Override
    public void close() throws OrtException {
        pool.shutdownNow();
        session.close();
    }
}
