package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.Main;
import io.patchstream.stream.operate.Jvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code run} in a JVM of its own, which a test can kill. */
final class ProcessorProcess implements AutoCloseable {
    private final Process process;
    private final Path log;

    private ProcessorProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts one and returns at once; what it says goes to {@code log}. */
    static ProcessorProcess start(Map<String, String> settings, Path log) throws IOException {
        return start(Main.class, settings, log);
    }

    /** The same of another {@code main} that takes {@code run} and settings. */
    static ProcessorProcess start(Class<?> main, Map<String, String> settings, Path log) throws IOException {
        ProcessBuilder builder =
                Jvm.of(log, "-Xmx384m", "-Dlogback.configurationFile=logback.xml", main.getName(), "run");
        return new ProcessorProcess(Jvm.with(builder, settings).start(), log);
    }

    /** Waits until {@code line} was said, and returns within a few milliseconds of it. */
    void awaitLog(String line, Duration patience) {
        await().atMost(patience)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> !process.isAlive() || log().contains(line));
        assertThat(log()).contains(line);
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; the exit code. */
    int terminate(Duration patience) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
                .as("stopped within %s; it said:%n%s", patience, log())
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
