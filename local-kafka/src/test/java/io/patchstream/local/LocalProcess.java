package io.patchstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code local} in a JVM of its own, which a test can kill. */
final class LocalProcess implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("READY bootstrap=(\\S+) registry=(\\S+)\n");

    private final Process process;
    private final Path out;
    private final Path err;

    private LocalProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Returns when it is ready, or fails with what it wrote. */
    static LocalProcess start(Path outputFolder, Path dataDir) throws IOException {
        Files.createDirectories(outputFolder);
        Path out = outputFolder.resolve("out");
        Path err = outputFolder.resolve("err");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--data-dir",
                        dataDir.toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        LocalProcess started = new LocalProcess(process, out, err);
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !process.isAlive() || started.ready().find());
            assertThat(process.isAlive()).as(started.standardError()).isTrue();
            return started;
        } catch (RuntimeException | AssertionError failure) {
            started.close();
            throw failure;
        }
    }

    private Matcher ready() {
        return READY.matcher(standardOutput());
    }

    String bootstrapServers() {
        return group(1);
    }

    String registryUrl() {
        return group(2);
    }

    private String group(int number) {
        Matcher ready = ready();
        assertThat(ready.find()).isTrue();
        return ready.group(number);
    }

    String standardOutput() {
        return read(out);
    }

    String standardError() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; returns the exit code. */
    int terminate(Duration within) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS))
                .as("ended within " + within)
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
