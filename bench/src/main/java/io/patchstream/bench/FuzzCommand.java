package io.patchstream.bench;

import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.fuzz.FuzzRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench fuzz}: mutated pictures and segments against the decoder, in a process that may die of them. */
@Command(
        name = "fuzz",
        mixinStandardHelpOptions = true,
        description = {
            "Mutates pictures and segments and decodes them in a child process. Counts what was decoded, refused,",
            "deadly and endless; keeps each input that was one of the last two. Exit code 1 when there was one."
        })
final class FuzzCommand implements Callable<Integer> {
    private static final long TELL_EVERY = 100_000;
    private static final int LARGEST = 64 << 10;

    @Spec
    private CommandSpec spec;

    @Option(names = "--inputs", paramLabel = "N", defaultValue = "20000", description = "Inputs (${DEFAULT-VALUE}).")
    private long inputs;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed (${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--corpus",
            paramLabel = "DIR",
            description = "Pictures and segments to mutate, of up to 64 KiB; the tests' golden ones by default.")
    private Path corpus;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            defaultValue = "fuzz",
            description = "Where inputs that killed or hung are kept (${DEFAULT-VALUE}).")
    private Path keep;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long one input may take (${DEFAULT-VALUE}).")
    private int patience;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Path folder = corpus != null
                ? corpus
                : Path.of(System.getProperty("patchstream.home", "."), "vision/src/test/resources/golden");
        List<Path> files = decodable(folder);
        if (files.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println(folder + " holds no picture or segment of up to 64 KiB: name one that does by --corpus");
            return 2;
        }
        out.printf("%d inputs from %d files of %s, seed %d%n", inputs, files.size(), folder, seed);
        out.flush();
        FuzzRun run = new FuzzRun(inputs, seed, List.of(), files, keep, Duration.ofSeconds(patience));
        long[] told = new long[1];
        FuzzRun.Result result = run.run(done -> {
            if (done / TELL_EVERY > told[0]) {
                told[0] = done / TELL_EVERY;
                out.printf("%d ...%n", done);
                out.flush();
            }
        });
        tell(result, out);
        return result.findings().isEmpty() ? 0 : 1;
    }

    private void tell(FuzzRun.Result result, PrintWriter out) {
        long hangs = result.findings().stream().filter(FuzzRun.Finding::hang).count();
        out.printf("pictures  %d%n", result.pictures());
        out.printf(
                "refused   %d %s%n",
                result.refused().values().stream().mapToLong(Long::longValue).sum(), result.refused());
        out.printf("deaths    %d%n", result.findings().size() - hangs);
        out.printf("hangs     %d%n", hangs);
        out.printf("slowest   %d ms%n", result.slowestNanos() / 1_000_000);
        out.printf("resident  %d KiB half-way, %d KiB at the end%n", result.halfKb(), result.endKb());
        for (FuzzRun.Finding finding : result.findings()) {
            out.printf(
                    "seed %d, input %d: %s, kept in %s%n",
                    seed,
                    finding.number(),
                    finding.hang() ? "took longer than " + patience + " s" : "ended the process with " + finding.exit(),
                    finding.file());
        }
        out.flush();
    }

    private static List<Path> decodable(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(FuzzCommand::isDecodable)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isDecodable(Path file) {
        try {
            return Files.size(file) <= LARGEST
                    && PictureFormat.tell(ByteBuffer.wrap(Files.readAllBytes(file)))
                            .isPresent();
        } catch (IOException e) {
            return false;
        }
    }
}
