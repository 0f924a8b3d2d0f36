package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.operate.Jvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeLibrariesTest {
    /** What the child process of the test below runs. */
    static final class LoadAndDie {
        private LoadAndDie() {}

        public static void main(String[] args) throws Exception {
            try (OnnxModel model = OnnxModel.open(Path.of(args[0]), TinyModel.settings())) {
                System.out.println("loaded " + model.served().contract().name());
                Runtime.getRuntime().halt(3);
            }
        }
    }

    @Test
    void shouldLeaveNoLibrariesInTheTemporaryFolderOfAProcessThatIsKilled(@TempDir Path folder) throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        Path log = folder.resolve("log");
        Process process = Jvm.of(
                        log,
                        "-Xmx256m",
                        "-Djava.io.tmpdir=" + temporary,
                        LoadAndDie.class.getName(),
                        TinyModel.path("fp32").toString())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(3);
        try (Stream<Path> left = Files.walk(temporary)) {
            List<String> libraries = left.map(path -> path.getFileName().toString())
                    .filter(name -> name.equals(System.mapLibraryName("onnxruntime")))
                    .toList();
            assertThat(libraries).as(Files.readString(log)).isEmpty();
        }
    }
}
