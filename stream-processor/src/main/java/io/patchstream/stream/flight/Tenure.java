package io.patchstream.stream.flight;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.model.Preprocessing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A model's time in force, from its take-over to its last picture: the model, and a runner of it for each infer thread. A
 * frame belongs to the tenure that is in force when its decoding begins, and so do all its pictures. When a successor has
 * taken over, the tenure ends with the last of them.
 *
 * <p>Shared: decode threads hold it while they decode, each picture holds it until it is answered, and whoever closes it
 * waits for the end. Runner {@code i} is infer thread {@code i}'s alone.
 */
public final class Tenure implements AutoCloseable {
    private final int number;
    private final ServingModel model;
    private final Preprocessing preprocessing;
    private final LongSupplier workClock;
    private final List<BatchRunner> runners = new ArrayList<>();
    private volatile boolean retired;

    // Guarded by this. Being in force is a hold too.
    private int holds = 1;
    private boolean closed;

    /**
     * Takes {@code model} over, and makes its runners.
     *
     * @param number its place in the order of tenures, from 0
     * @param memories one for each infer thread
     * @param workClock the nanoseconds that this model's batches are measured in
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes the runners.
    public Tenure(int number, ServingModel model, List<BatchMemory> memories, int maxBatch, LongSupplier workClock) {
        this.number = number;
        this.model = requireNonNull(model, "model");
        this.preprocessing = model.served().contract().preprocessing();
        this.workClock = requireNonNull(workClock, "workClock");
        for (BatchMemory memory : memories) {
            runners.add(model.newRunner(maxBatch, memory));
        }
    }

    public int number() {
        return number;
    }

    public ServingModel model() {
        return model;
    }

    /** What its pictures look like. */
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    public LongSupplier workClock() {
        return workClock;
    }

    /** Infer thread {@code thread}'s runner. */
    public BatchRunner runner(int thread) {
        return runners.get(thread);
    }

    /** Keeps it from ending. False when it has ended already. */
    public synchronized boolean hold() {
        if (holds == 0) {
            return false;
        }
        holds++;
        return true;
    }

    /** Gives a hold back. */
    public synchronized void release() {
        if (holds == 0) {
            throw new IllegalStateException("tenure " + number + " is held by nobody");
        }
        if (--holds == 0) {
            notifyAll();
        }
    }

    /** A successor has taken over: no frame begins in it any more. May be called twice. */
    public void retire() {
        synchronized (this) {
            if (retired) {
                return;
            }
            retired = true;
        }
        release();
    }

    public boolean isRetired() {
        return retired;
    }

    /** Waits until it is retired and the last of its pictures is answered. */
    public synchronized void awaitEnd() throws InterruptedException {
        while (holds > 0) {
            wait();
        }
    }

    /** Closes the runners and the model; nobody runs a batch then. May be called twice. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        runners.forEach(BatchRunner::close);
        model.close();
    }
}
