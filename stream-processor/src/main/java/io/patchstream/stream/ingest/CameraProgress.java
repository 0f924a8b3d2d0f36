package io.patchstream.stream.ingest;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A line about a camera, its pictures a second since the line before: each second in place on a terminal, each five seconds in a log. */
final class CameraProgress implements AutoCloseable {
    private final Camera camera;
    private final PrintWriter out;
    private final boolean terminal;
    private final CountDownLatch closed = new CountDownLatch(1);

    private final long beganNanos = System.nanoTime();

    // Of the line before.
    private long lastNanos = beganNanos;
    private long lastPictures;

    private final Thread thread = new Thread(this::run, "progress");

    CameraProgress(Camera camera, PrintWriter out, boolean terminal) {
        this.camera = camera;
        this.out = out;
        this.terminal = terminal;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!closed.await(terminal ? 1 : 5, TimeUnit.SECONDS)) {
                print(terminal ? "\r" : "", terminal ? "\u001b[K" : "\n");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(String before, String after) {
        CameraCounts counts = camera.counts();
        long now = System.nanoTime();
        double perSecond = (counts.pictures() - lastPictures) * 1e9 / (now - lastNanos);
        lastNanos = now;
        lastPictures = counts.pictures();
        StringBuilder line = new StringBuilder(before);
        line.append(String.format(
                Locale.ROOT,
                "%s: %,d pictures in %,d records, %.1f pictures/s, %.1f MB",
                camera.id(),
                counts.pictures(),
                counts.records(),
                perSecond,
                counts.bytes() / 1e6));
        append(line, counts.tooLarge(), "too large");
        append(line, counts.skipped(), "skipped");
        append(line, counts.reconnects(), "tries to connect again");
        out.print(line.append(after));
        out.flush();
    }

    private static void append(StringBuilder line, long count, String what) {
        if (count > 0) {
            line.append(", ").append(count).append(' ').append(what);
        }
    }

    /** Prints the last line, with the mean of the whole time. */
    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        thread.join(TimeUnit.SECONDS.toMillis(2));
        lastNanos = beganNanos;
        lastPictures = 0;
        print(terminal ? "\r" : "", terminal ? "\u001b[K\n" : "\n");
    }
}
