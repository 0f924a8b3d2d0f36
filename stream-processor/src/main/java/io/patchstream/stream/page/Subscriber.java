package io.patchstream.stream.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One browser that watches. Of what it has not taken yet only the newest is kept, a snapshot and a picture of each camera:
 * one that is slow sees less, and holds up nobody. Shared between the page's thread and the one that writes to it.
 */
final class Subscriber {
    /**
     * What is sent.
     *
     * @param event its kind
     * @param data a line of JSON
     */
    record Message(String event, String data) {}

    private final Map<String, Message> waiting = new LinkedHashMap<>();
    private boolean closed;
    private long writingSince;

    /** Puts a message in place of the one under {@code key} that was not taken yet. */
    synchronized void put(String key, Message message) {
        waiting.remove(key);
        waiting.put(key, message);
        notifyAll();
    }

    /** Waits for messages, {@code patienceMillis} at most; empty when there are none, or when it is closed. */
    synchronized List<Message> take(long patienceMillis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        while (waiting.isEmpty() && !closed) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis <= 0) {
                break;
            }
            wait(millis);
        }
        List<Message> taken = new ArrayList<>(waiting.values());
        waiting.clear();
        return taken;
    }

    /** Its thread is about to write, or has written when {@code nanos} is 0. */
    synchronized void writes(long nanos) {
        writingSince = nanos;
    }

    /** Whether its thread has been writing for so long that nobody can be there. */
    synchronized boolean isStuck(long now, long patienceNanos) {
        return writingSince != 0 && now - writingSince > patienceNanos;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    synchronized void close() {
        closed = true;
        waiting.clear();
        notifyAll();
    }
}
