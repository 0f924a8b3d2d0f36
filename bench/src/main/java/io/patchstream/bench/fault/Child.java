package io.patchstream.bench.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.bench.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A JVM that a run can kill, pause and give orders to. For one thread; whoever starts it closes it. */
final class Child implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final long startedNanos = System.nanoTime();

    private Child(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts a class of this class path; what it says goes to {@code log}. */
    static Child start(Class<?> main, int heapMiB, List<String> arguments, Path log) {
        return start(main, heapMiB, List.of(), arguments, log);
    }

    /** As that, with further options for the JVM. */
    static Child start(Class<?> main, int heapMiB, List<String> vmOptions, List<String> arguments, Path log) {
        List<String> command = new ArrayList<>(List.of(
                "-Xmx" + heapMiB + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-Dlogback.configurationFile=logback-fault.xml"));
        command.addAll(vmOptions);
        command.add(main.getName());
        command.addAll(arguments);
        ProcessBuilder builder =
                Processes.java(command).redirectErrorStream(true).redirectOutput(log.toFile());
        try {
            return new Child(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    long pid() {
        return process.pid();
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    Path log() {
        return log;
    }

    boolean hasSaid(String text) {
        return timesSaid(text) > 0;
    }

    /** How many lines of its log contain it. */
    long timesSaid(String text) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(text)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line of its standard input; says nothing when it is dead. */
    void order(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** SIGKILL; returns when it is dead. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; SIGKILL when that takes too long. Whether it did not. */
    boolean terminate(Duration patience) throws InterruptedException {
        process.destroy();
        if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            return true;
        }
        kill();
        return false;
    }

    /** Waits for its end; whether it came. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** SIGSTOP. */
    void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("no kill command on this machine", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Resident memory in bytes; 0 when it is dead. */
    long residentBytes() {
        return Processes.status(pid(), "VmRSS").orElse(0) << 10;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
