package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.model.ContractException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeepStackTest {
    /** What the child process of the test below runs. */
    static final class Load {
        private Load() {}

        public static void main(String[] args) throws Exception {
            try (OnnxModel model = OnnxModel.open(Path.of(args[0]), TinyModel.settings())) {
                Files.writeString(Path.of(args[1]), model.served().contract().name());
            }
        }
    }

    @Test
    void shouldLoadAModelInAProcessWithALongCommandLine(@TempDir Path folder) throws Exception {
        Path answer = folder.resolve("answer");
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String longer = classPath + (File.pathSeparator + "/nowhere/some-library-that-is-not-there.jar").repeat(400);
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        longer,
                        Load.class.getName(),
                        TinyModel.path("fp32").toString(),
                        answer.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(() -> log(folder.resolve("log"))).isZero();
        assertThat(answer).hasContent("tiny");
    }

    @Test
    void shouldThrowWhatIsThrown() {
        assertThatThrownBy(() -> DeepStack.call(() -> {
                    throw new ContractException("as it was");
                }))
                .isInstanceOf(ContractException.class)
                .hasMessage("as it was");
    }

    private static String log(Path log) {
        try {
            return Files.readString(log);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
