package io.patchstream.stream.page;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Those who watch: a bounded number, and none that has not read for long. Shared between threads. */
final class Audience {
    static final int MOST = 16;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Map<Subscriber, Thread> seats = new ConcurrentHashMap<>();
    private final Mailbox mailbox;
    private boolean closed;

    Audience(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    /** A seat for the thread that calls; empty when all are taken. */
    synchronized Optional<Subscriber> enter() {
        if (seats.size() >= MOST || closed) {
            return Optional.empty();
        }
        Subscriber subscriber = new Subscriber();
        seats.put(subscriber, Thread.currentThread());
        mailbox.setWatched(true);
        return Optional.of(subscriber);
    }

    synchronized void leave(Subscriber subscriber) {
        seats.remove(subscriber);
        mailbox.setWatched(!seats.isEmpty());
    }

    int size() {
        return seats.size();
    }

    /** Tells all of them. */
    void put(String key, Subscriber.Message message) {
        seats.keySet().forEach(subscriber -> subscriber.put(key, message));
    }

    /** Ends the connections of those who have stopped reading. */
    void dismissStuck(long now) {
        seats.forEach((subscriber, writer) -> {
            if (subscriber.isStuck(now, PATIENCE_NANOS)) {
                // Its channel is closed by the interruption, and the write ends.
                writer.interrupt();
            }
        });
    }

    /** Lets everybody go. */
    synchronized void close() {
        closed = true;
        seats.keySet().forEach(Subscriber::close);
    }
}
