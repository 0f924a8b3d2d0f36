package io.patchstream.bench.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.bench.documents.Page.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Somebody who follows a guide: types the commands of its blocks that are marked {@code run}, in a folder of their own. Closing
 * it ends what still runs.
 */
final class Reader implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 600;

    private final Page page;
    private final Path folder;
    private final Map<String, String> environment;
    private final Map<String, String> changed;
    private final List<Process> running = new ArrayList<>();
    private int logs;

    /**
     * A reader of {@code docs/NAME}.
     *
     * @param environment variables that it has set
     * @param changed words of the guide that are different here, such as addresses
     */
    Reader(String name, Path folder, Map<String, String> environment, Map<String, String> changed) throws IOException {
        this.page = Page.read(Repository.ROOT.resolve("docs").resolve(name));
        this.folder = folder;
        this.environment = environment;
        this.changed = new LinkedHashMap<>(changed);
    }

    /** What a command left. */
    record Outcome(String command, int exitCode, String output) {}

    /** The commands of the page's block number {@code n}, from 0, of those marked {@code run}. */
    List<String> commands(int n) {
        List<Block> marked =
                page.blocks().stream().filter(block -> block.hasMark("run")).toList();
        return marked.get(n).commands().stream()
                .map(Page.Span::text)
                .map(this::here)
                .toList();
    }

    int blocks() {
        return (int)
                page.blocks().stream().filter(block -> block.hasMark("run")).count();
    }

    /** Writes the page's properties block to where the guide has it. */
    void write(String file) throws IOException {
        Block block = page.blocks().stream()
                .filter(one -> one.language().equals("properties"))
                .findFirst()
                .orElseThrow();
        Files.writeString(folder.resolve(file), here(String.join("\n", block.lines())) + "\n");
    }

    private String here(String text) {
        String result = text;
        for (Map.Entry<String, String> change : changed.entrySet()) {
            result = result.replace(change.getKey(), change.getValue());
        }
        return result;
    }

    /** Types a command and waits for its end. */
    Outcome type(String command) throws IOException, InterruptedException {
        Path log = log();
        Process process = start(command, log);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("%s ends; it said: %s", command, Files.readString(log))
                .isTrue();
        return new Outcome(command, process.exitValue(), Files.readString(log));
    }

    /** Types all commands of a block; each must succeed. */
    List<Outcome> typeAll(int n) throws IOException, InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (String command : commands(n)) {
            Outcome outcome = type(command);
            assertThat(outcome.exitCode())
                    .as("%s said: %s", command, outcome.output())
                    .isZero();
            outcomes.add(outcome);
        }
        return outcomes;
    }

    /** Types a command that goes on, and waits until it has said something. */
    void leaveRunning(String command, String until) throws IOException, InterruptedException {
        Path log = log();
        Process process = start(command, log);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.readString(log).contains(until)) {
            assertThat(process.isAlive() && System.nanoTime() < deadline)
                    .as("%s says %s; it said: %s", command, until, Files.readString(log))
                    .isTrue();
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
    }

    private Path log() {
        return folder.resolve("said-" + ++logs + ".txt");
    }

    private Process start(String command, Path log) throws IOException {
        List<String> arguments =
                ShellCommand.of(command).argumentsOf("./patchstream").orElseThrow();
        Verbs.Started started = Verbs.started(arguments);
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-Dpatchstream.home=" + Repository.ROOT,
                "-Dlogback.configurationFile=logback-bench.xml",
                started.main().getName()));
        line.addAll(started.arguments());
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PATCHSTREAM_") || name.startsWith("KAFKA_"));
        builder.environment().putAll(environment);
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        // Not by -cp: ONNX Runtime cannot bear a command line of this length.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        running.add(process);
        return process;
    }

    @Override
    public void close() throws InterruptedException {
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).destroy();
            if (!running.get(i).waitFor(15, TimeUnit.SECONDS)) {
                running.get(i).destroyForcibly().waitFor();
            }
        }
    }
}
