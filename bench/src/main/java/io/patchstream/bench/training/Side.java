package io.patchstream.bench.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.bench.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One of those who train, in a process of its own that works when it is asked to. For one thread; whoever starts it closes it. */
final class Side implements AutoCloseable {
    private static final long CLOSE_SECONDS = 10;
    private static final double KIBIBYTES = 1024;

    /** What the launcher sets for {@code train}. */
    static final Map<String, String> ENVIRONMENT = Map.of(
            "OPENBLAS_NUM_THREADS", "1",
            "MALLOC_ARENA_MAX", "1",
            "MALLOC_MMAP_MAX_", "0",
            "MALLOC_TRIM_THRESHOLD_", "100000000000",
            "GOMP_SPINCOUNT", "0");

    private final Process process;
    private final BufferedReader answers;
    private final String software;
    private final long parameters;
    private final List<Double> losses = new ArrayList<>();

    /**
     * Some steps.
     *
     * @param seconds by the clock
     * @param cpuSeconds of the whole process, whatever it did meanwhile
     */
    record Stretch(int steps, double seconds, double cpuSeconds) {}

    /** Starts it, and returns when its first steps are done. */
    @MustBeClosed
    private Side(ProcessBuilder builder) throws IOException {
        process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        try {
            JsonNode ready = answer();
            software = ready.get("software").textValue();
            parameters = ready.get("parameters").longValue();
            ready.get("losses").forEach(loss -> losses.add(loss.doubleValue()));
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Our trainer, in the environment that the launcher gives {@code train}. */
    @MustBeClosed
    static Side ours(Path folder, String... vmOptions) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "-Dfile.encoding=UTF-8", "-Dpatchstream.log=WARN", "-Dlogback.configurationFile=logback-bench.xml"));
        command.addAll(List.of(vmOptions));
        command.add(TrainerProcess.class.getName());
        command.add(folder.toString());
        ProcessBuilder builder = Processes.java(command);
        builder.environment().putAll(ENVIRONMENT);
        return new Side(builder);
    }

    /** PyTorch and timm, in a Python of the user's own. */
    @MustBeClosed
    static Side theirs(Path python, Path script, Path folder) throws IOException {
        try {
            ProcessBuilder builder = new ProcessBuilder(python.toString(), script.toString(), folder.toString());
            // As PyTorch comes: without what our launcher set for this process.
            builder.environment().keySet().removeAll(ENVIRONMENT.keySet());
            return new Side(builder);
        } catch (IOException e) {
            throw new IOException(
                    python + " could not train with PyTorch: it must have torch, timm, numpy and safetensors installed",
                    e);
        }
    }

    /** Takes so many steps. */
    Stretch take(int steps) throws IOException {
        double before = cpuSeconds();
        process.getOutputStream().write((steps + "\n").getBytes(UTF_8));
        process.getOutputStream().flush();
        double seconds = answer().get("seconds").doubleValue();
        return new Stretch(steps, seconds, cpuSeconds() - before);
    }

    private JsonNode answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the training process ended without an answer");
        }
        return new JsonMapper().readTree(line);
    }

    private double cpuSeconds() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
    }

    String software() {
        return software;
    }

    long parameters() {
        return parameters;
    }

    /** Of its first steps, in their order. */
    List<Double> losses() {
        return List.copyOf(losses);
    }

    /** Resident memory now, in MiB; 0 where the system does not tell. */
    double residentMib() {
        return status("VmRSS");
    }

    /** The most resident memory so far, in MiB; 0 where the system does not tell. */
    double peakMib() {
        return status("VmHWM");
    }

    private double status(String name) {
        return Processes.status(process.pid(), name).orElse(0) / KIBIBYTES;
    }

    /** Ends it: at the end of its input it closes what it has. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
