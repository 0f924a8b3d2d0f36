package io.patchstream.vision;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code -Dhostile.inputs=1000000 -Dhostile.seed=7} for the long run. */
class HostileBytesTest {
    private static final int INPUTS = Integer.getInteger("hostile.inputs", 20_000);
    private static final int MINUTES = 2;
    private static final int INPUTS_A_MINUTE = 50_000;
    private static final long SEED = Long.getLong("hostile.seed", 20261123);
    private static final Pattern SAID =
            Pattern.compile("(\\d+) inputs: [1-9]\\d+ pictures.* slowest (\\d+) ms; .* tenth \\[(.*)]");

    @Test
    void shouldDecodeOrRefuseWhateverTheBytesAreAndLive() throws Exception {
        Path underWay = Path.of("target", "hostile-input.bin");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostileBytes.class.getName(),
                        Integer.toString(INPUTS),
                        Long.toString(SEED),
                        underWay.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            // What it prints at its end fits into the pipe: a decoder that hangs is found by the time that it takes.
            assertThat(process.waitFor(MINUTES + INPUTS / INPUTS_A_MINUTE, TimeUnit.MINUTES))
                    .as("ends; the input that hangs is in " + underWay.toAbsolutePath())
                    .isTrue();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            System.out.println(said);

            assertThat(process.exitValue())
                    .as("the input that did it is in " + underWay.toAbsolutePath() + "; " + said)
                    .isZero();
            assertThat(said).contains("TRUNCATED=", "CORRUPT=", "UNSUPPORTED=", "TOO_LARGE=", "NO_KEYFRAME=");
            Matcher figures = SAID.matcher(said);
            assertThat(figures.matches()).as(said).isTrue();
            assertThat(Integer.parseInt(figures.group(1))).isEqualTo(INPUTS);
            assertThat(Long.parseLong(figures.group(2))).as("slowest, ms").isLessThan(10_000);
            // The first half fills heap and caches; what comes after it comes for ever.
            List<Long> residentKb =
                    Stream.of(figures.group(3).split(", ")).map(Long::valueOf).toList();
            assertThat(residentKb.get(9) - residentKb.get(4)).as(said).isLessThan(16 << 10);
            // All of it: the heap may take 256 MiB.
            assertThat(residentKb.get(9)).as(said).isLessThan(400 << 10);
        } finally {
            process.destroyForcibly();
        }
    }
}
