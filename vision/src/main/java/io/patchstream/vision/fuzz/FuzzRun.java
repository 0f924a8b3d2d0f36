package io.patchstream.vision.fuzz;

import io.patchstream.vision.encoded.UndecodableException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * A run of mutants through the decoder in a child process. A child that dies or hangs is replaced, and the run goes on
 * behind the input that did it, which is kept.
 *
 * @param inputs how many
 * @param seed of all chance
 * @param first files that are tried as they are, before any is mutated
 * @param corpus files to mutate, none larger than 1 MiB
 * @param folder where inputs that killed or hung are kept; made when it is not there
 * @param patience how long one input may take
 */
public record FuzzRun(long inputs, long seed, List<Path> first, List<Path> corpus, Path folder, Duration patience) {
    private static final long LOOK_EVERY_MILLIS = 200;

    /** How long a child may take to load what it needs, on a machine that has other things to do. */
    private static final Duration START = Duration.ofMinutes(3);

    public FuzzRun {
        first = List.copyOf(first);
        corpus = List.copyOf(corpus);
        if (inputs < 1 || corpus.isEmpty()) {
            throw new IllegalArgumentException(
                    "inputs is " + inputs + " and the corpus has " + corpus.size() + " files; both must be at least 1");
        }
    }

    /**
     * An input that ended a process.
     *
     * @param number its number: with the run's seed it is made again
     * @param hang whether it was stopped because it took too long
     * @param exit what the process ended with: 1 after a crash, whose hs_err file is kept as well; 128 and the signal's number
     *     where the system killed it
     * @param file where it is kept
     */
    public record Finding(long number, boolean hang, int exit, Path file) {}

    /**
     * What came of a run.
     *
     * @param pictures pictures that were decoded
     * @param refused inputs that were refused, by reason
     * @param findings inputs that were neither
     * @param slowestNanos the slowest input that ended
     * @param halfKb resident memory after half of the inputs, in KiB; 0 where the system does not tell
     * @param endKb resident memory at the end
     */
    public record Result(
            long pictures,
            Map<Code, Long> refused,
            List<Finding> findings,
            long slowestNanos,
            long halfKb,
            long endKb) {}

    /** Runs; tells {@code progress} how many inputs are done, now and then. */
    public Result run(LongConsumer progress) throws IOException, InterruptedException {
        return run(progress, FuzzedDecoder.class);
    }

    Result run(LongConsumer progress, Class<?> child) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        for (Path file : corpus) {
            if (Files.size(file) == 0 || Files.size(file) > UnderWay.MAX_BYTES) {
                throw new IOException(file + " has " + Files.size(file) + " bytes; it must have 1 to 1 MiB");
            }
        }
        Path file = Files.createTempFile(folder, "under-way", ".bin");
        try {
            return run(file, progress, child);
        } finally {
            Files.delete(file);
        }
    }

    private Result run(Path file, LongConsumer progress, Class<?> program) throws IOException, InterruptedException {
        UnderWay underWay = new UnderWay(file);
        List<Finding> findings = new ArrayList<>();
        long from = 0;
        while (from < inputs) {
            underWay.begin(UnderWay.STARTING, new byte[0]);
            Process child = start(from, file, program);
            boolean hang;
            try {
                hang = !watch(child, underWay, progress);
            } finally {
                child.destroyForcibly();
            }
            int exit = child.waitFor();
            if (exit == 0) {
                break;
            }
            long number = underWay.number();
            if (number == UnderWay.STARTING) {
                throw new IOException("the decoder's process did not start: "
                        + (hang ? "it took too long" : "it ended with " + exit));
            }
            Path kept = folder.resolve("seed" + seed + "-input" + number + ".bin");
            Files.write(kept, underWay.input());
            findings.add(new Finding(number, hang, exit, kept));
            from = number + 1;
        }
        return new Result(
                underWay.pictures(),
                underWay.refused(),
                findings,
                underWay.slowestNanos(),
                underWay.residentKb(false),
                underWay.residentKb(true));
    }

    /** Whether the child ended by itself. */
    private boolean watch(Process child, UnderWay underWay, LongConsumer progress) throws InterruptedException {
        long number = UnderWay.STARTING;
        long since = System.nanoTime();
        while (!child.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
            long now = underWay.number();
            if (now != number) {
                number = now;
                since = System.nanoTime();
                progress.accept(number);
            } else if (System.nanoTime() - since > (now == UnderWay.STARTING ? START : patience).toNanos()) {
                return false;
            }
        }
        return true;
    }

    private Process start(long from, Path file, Class<?> program) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // All of the heap is resident from the start: what grows then is native, and no whim of the collector.
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:ErrorFile=" + folder.resolve("hs_err_%p.log").toAbsolutePath(),
                "-XX:-CreateCoredumpOnCrash",
                program.getName(),
                Long.toString(inputs),
                Long.toString(seed),
                Long.toString(from),
                file.toString(),
                Integer.toString(first.size())));
        first.forEach(path -> command.add(path.toString()));
        corpus.forEach(path -> command.add(path.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.start();
    }
}
