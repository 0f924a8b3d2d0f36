package io.patchstream.vision.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.vision.fuzz.FuzzRun.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FuzzRunTest {
    /** Dies of input 3, never ends with input 5. */
    static final class Fragile {
        private Fragile() {}

        public static void main(String[] arguments) throws Exception {
            UnderWay underWay = new UnderWay(Path.of(arguments[3]));
            for (long number = Long.parseLong(arguments[2]); number < Long.parseLong(arguments[0]); number++) {
                underWay.begin(number, new byte[] {(byte) number});
                if (number == 3) {
                    new ProcessBuilder(
                                    "sh",
                                    "-c",
                                    "kill " + "-SEGV" + " "
                                            + ProcessHandle.current().pid())
                            .start()
                            .waitFor();
                    Thread.sleep(Long.MAX_VALUE);
                }
                while (number == 5) {
                    Thread.onSpinWait();
                }
                underWay.decoded(1);
            }
        }
    }

    @Test
    @Timeout(120)
    void shouldKeepWhatKilledOrHungAndGoOnBehindIt(@TempDir Path folder) throws Exception {
        Path seed = Files.write(folder.resolve("seed.png"), new byte[] {1});
        FuzzRun run = new FuzzRun(8, 7, List.of(), List.of(seed), folder.resolve("kept"), Duration.ofSeconds(3));

        FuzzRun.Result result = run.run(done -> {}, Fragile.class);

        assertThat(result.pictures()).isEqualTo(6);
        assertThat(result.findings()).extracting(Finding::number).containsExactly(3L, 5L);
        assertThat(result.findings()).extracting(Finding::hang).containsExactly(false, true);
        assertThat(result.findings().get(0).exit())
                .isEqualTo(1); // So the JVM ends on a signal when it may not leave a core.
        assertThat(folder.resolve("kept")).isDirectoryContaining("glob:**hs_err_*.log");
        assertThat(Files.readAllBytes(result.findings().get(1).file())).isEqualTo(new byte[] {5});
        assertThat(folder.resolve("kept")).isDirectoryContaining("glob:**seed7-input3.bin");
    }

    @Test
    void shouldMakeAnInputAgainFromSeedAndNumberAlone() {
        List<byte[]> corpus = List.of(new byte[200], new byte[300]);
        Mutants once = new Mutants(corpus, 7);
        for (long number = 0; number < 50; number++) {
            once.of(number);
        }

        assertThat(once.of(41)).isEqualTo(new Mutants(corpus, 7).of(41));
        assertThat(once.of(41)).isNotEqualTo(new Mutants(corpus, 8).of(41));
        assertThat(once.of(40)).isNotEqualTo(once.of(60));
    }
}
