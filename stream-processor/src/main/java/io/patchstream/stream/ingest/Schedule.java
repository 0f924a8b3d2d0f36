package io.patchstream.stream.ingest;

/**
 * When a file's pictures are due, on the camera's clock. A camera that falls behind goes on from there: nothing is sent in
 * a burst later. A file that begins again does so one picture after its last. Used by one thread.
 */
final class Schedule {
    private long origin;
    private long lastDue = Long.MIN_VALUE;
    private long interval;

    /** The feed begins (again) now, or when the last picture's time is over. */
    void begin(long now) {
        origin = lastDue == Long.MIN_VALUE ? now : Math.max(now, lastDue + interval);
    }

    /** How many nanoseconds from {@code now} until a picture of that time is due; 0 when it is late. */
    long early(long micros, long now) {
        long due = origin + micros * 1000;
        if (due < now) {
            origin += now - due;
            due = now;
        }
        if (micros > 0) {
            interval = due - lastDue;
        }
        lastDue = due;
        return due - now;
    }
}
