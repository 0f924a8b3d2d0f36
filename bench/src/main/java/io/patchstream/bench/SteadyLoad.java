package io.patchstream.bench;

import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameTicket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Frames at a steady pace, whatever becomes of them, and how long each waits until it is answered, in order, as a stream
 * thread would see it. A frame's wait begins when it is due: one that is sent late has waited already.
 */
final class SteadyLoad {
    private static final long AROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** When a frame was due and when it was answered, by {@link System#nanoTime()}. */
    record Wait(long due, long answered) {
        double millis() {
            return (answered - due) / 1e6;
        }
    }

    private record Sent(long due, FrameTicket ticket) {}

    private final FrameEngine engine;
    private final Supplier<FrameTicket> submit;
    private final long paceNanos;
    private final BlockingQueue<Sent> underWay = new LinkedBlockingQueue<>();
    private final List<Wait> waits = new ArrayList<>();
    private final Thread sender = new Thread(this::send, "cameras");
    private final Thread reader = new Thread(this::read, "answers");
    private volatile boolean stopping;
    private volatile Throwable failure;

    /** Starts at once. */
    SteadyLoad(FrameEngine engine, Supplier<FrameTicket> submit, double perSecond) {
        this.engine = engine;
        this.submit = submit;
        this.paceNanos = (long) (1e9 / perSecond);
        sender.start();
        reader.start();
    }

    private void send() {
        long due = System.nanoTime();
        while (!stopping) {
            long now = System.nanoTime();
            if (now < due) {
                LockSupport.parkNanos(due - now);
                continue;
            }
            underWay.add(new Sent(due, submit.get()));
            due += paceNanos;
        }
    }

    private void read() {
        try {
            while (!stopping || sender.isAlive() || !underWay.isEmpty()) {
                Sent sent = underWay.poll(10, TimeUnit.MILLISECONDS);
                if (sent != null) {
                    engine.await(sent.ticket);
                    waits.add(new Wait(sent.due, System.nanoTime()));
                }
            }
        } catch (InterruptedException | RuntimeException e) {
            failure = e;
        }
    }

    /** Sends no more; the waits of all that were sent, in order. */
    List<Wait> stop() throws InterruptedException {
        stopping = true;
        sender.join();
        reader.join();
        if (failure != null) {
            throw new IllegalStateException("a frame was not answered", failure);
        }
        return List.copyOf(waits);
    }

    /** The longest wait, in milliseconds, of the frames that were under way at {@code moment} or due soon after; 0 of none. */
    static double longestAround(List<Wait> waits, long moment) {
        return waits.stream()
                .filter(wait -> wait.due <= moment + AROUND_NANOS && wait.answered >= moment)
                .mapToDouble(Wait::millis)
                .max()
                .orElse(0);
    }
}
