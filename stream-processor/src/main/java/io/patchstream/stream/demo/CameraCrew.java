package io.patchstream.stream.demo;

import io.patchstream.stream.ingest.Camera;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cameras and their threads, {@code camera-ID} each. */
final class CameraCrew implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CameraCrew.class);
    private static final int PATIENCE_SECONDS = 5;

    private final List<Camera> cameras;
    private final List<Thread> threads = new ArrayList<>();

    /** Starts them. */
    CameraCrew(List<Camera> cameras) {
        this.cameras = List.copyOf(cameras);
        for (Camera camera : cameras) {
            Thread thread = new Thread(camera, "camera-" + camera.id());
            threads.add(thread);
            thread.start();
        }
    }

    /** The first failure of a camera, with its id. */
    Optional<String> failure() {
        return cameras.stream()
                .flatMap(camera -> camera.failure().map(e -> camera.id() + ": " + e.getMessage()).stream())
                .findFirst();
    }

    /** Whether every camera has come to its end. */
    boolean allEnded() {
        return threads.stream().noneMatch(Thread::isAlive);
    }

    /** Stops them all and waits for them. May be called twice. */
    @Override
    public void close() {
        cameras.forEach(Camera::stop);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
                if (thread.isAlive()) {
                    LOG.atWarn().addKeyValue("thread", thread.getName()).log("camera did not stop in time");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
