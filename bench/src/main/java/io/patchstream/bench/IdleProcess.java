package io.patchstream.bench;

import io.patchstream.stream.engine.DemoModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code run} in a JVM of its own, with Java's default heap, that nobody sends frames. For one thread; close it. */
final class IdleProcess implements AutoCloseable {
    private static final long LOOK_MILLIS = 50;

    private final Process process;
    private final long startedNanos = System.nanoTime();
    private final Path log;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<URI> answering;

    private IdleProcess(Process process, Path log, List<URI> answering) {
        this.process = process;
        this.log = log;
        this.answering = answering;
    }

    /**
     * What it took.
     *
     * @param readySeconds from the start of its JVM until it was ready, and its page answered
     * @param cores CPU time while it was idle, by the time that passed
     * @param residentMegabytes resident memory at the end, in millions of bytes
     * @param threads at the end
     */
    record Figures(double readySeconds, double cores, double residentMegabytes, int threads) {}

    /** Starts it. */
    static IdleProcess start(List<String> arguments, boolean page) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "-D" + DemoModel.HOME + "=" + System.getProperty(DemoModel.HOME, ""),
                "io.patchstream.stream.Main",
                "run"));
        command.addAll(arguments);
        List<URI> answering = new ArrayList<>();
        int status = Processes.freePort();
        command.addAll(List.of("--set", "http.port=" + status));
        answering.add(URI.create("http://127.0.0.1:" + status + "/readyz"));
        if (page) {
            int port = Processes.freePort();
            command.addAll(List.of("--ui", Integer.toString(port)));
            answering.add(URI.create("http://127.0.0.1:" + port + "/"));
        }
        Path log = Files.createTempFile("patchstream-idle-", ".log");
        ProcessBuilder builder =
                Processes.java(command).redirectErrorStream(true).redirectOutput(log.toFile());
        return new IdleProcess(builder.start(), log, answering);
    }

    /** Waits until it is ready and settled, then looks on. */
    Figures measure(Duration patience, Duration settle, Duration idle) throws IOException, InterruptedException {
        for (URI address : answering) {
            await(address, patience);
        }
        double ready = (System.nanoTime() - startedNanos) / 1e9;
        TimeUnit.NANOSECONDS.sleep(settle.toNanos());
        long began = System.nanoTime();
        Duration before = cpu();
        TimeUnit.NANOSECONDS.sleep(idle.toNanos());
        Duration after = cpu();
        double cores = (double) after.minus(before).toNanos() / (System.nanoTime() - began);
        return new Figures(ready, cores, status("VmRSS") * 1024.0 / 1e6, (int) status("Threads"));
    }

    private void await(URI address, Duration patience) throws IOException, InterruptedException {
        while (!answers(address)) {
            if (!process.isAlive() || System.nanoTime() - startedNanos > patience.toNanos()) {
                throw new IOException("run " + (process.isAlive() ? "is not ready in time" : "has ended")
                        + "; it said:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private boolean answers(URI address) throws InterruptedException {
        try {
            return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private Duration cpu() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("the process has ended, or its CPU time is not known"));
    }

    private long status(String name) {
        return Processes.status(process.pid(), name).orElseThrow();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Files.deleteIfExists(log);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
