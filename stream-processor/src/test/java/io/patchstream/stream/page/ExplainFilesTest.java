package io.patchstream.stream.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.engine.TinyFolder;
import io.patchstream.stream.infer.ModelHash;
import io.patchstream.stream.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainFilesTest {
    private static final Path EXPLAIN = TinyFolder.original("explain");

    @TempDir
    private Path folder;

    @Test
    void shouldFindTheFileThatNamesTheModelWhateverItIsCalled() throws Exception {
        Path file = Files.copy(EXPLAIN, folder.resolve("zebra-explain.onnx"));
        Files.writeString(folder.resolve("broken-explain.onnx"), "no model");
        for (String precision : new String[] {"fp32", "int8", "fp16"}) {
            assertThat(new ExplainFiles(folder)
                            .of(ModelHash.of(TinyFolder.original(precision)))
                            .file())
                    .as(precision)
                    .contains(file);
        }
        assertThat(new ExplainFiles(file)
                        .of(ModelHash.of(TinyFolder.original("fp32")))
                        .file())
                .contains(file);
    }

    @Test
    void shouldSayWhyThereIsNoneAndHowToMakeOne() throws Exception {
        String sha256 = "cd".repeat(32);
        assertThat(new ExplainFiles(folder).of(sha256).file()).isEmpty();
        assertThat(new ExplainFiles(folder).of(sha256).why())
                .contains("SHA-256 cdcdcdcdcdcd…", folder.toString(), "./patchstream export --attention-of");

        Files.copy(EXPLAIN, folder.resolve("tiny-explain.onnx"));
        Files.copy(TinyFolder.original("fp32"), folder.resolve("other-explain.onnx"));
        Files.writeString(folder.resolve("broken-explain.onnx"), "no model");
        assertThat(new ExplainFiles(folder).of(sha256).file()).isEmpty();
        assertThat(new ExplainFiles(folder).of(sha256).why())
                .contains(
                        "tiny-explain.onnx is of another model, SHA-256 "
                                + ModelHash.of(TinyFolder.original("fp32")).substring(0, 12),
                        "other-explain.onnx is no explain file",
                        "broken-explain.onnx cannot be used");

        assertThat(new ExplainFiles(folder.resolve("nowhere.onnx")).of(sha256).why())
                .contains("nowhere.onnx");
    }

    @Test
    void shouldLookBesideTheModelUnlessItIsTold() {
        assertThat(place("model", "/srv/models/m.onnx")).isEqualTo(Path.of("/srv/models"));
        assertThat(place("model.folder", "/srv/models")).isEqualTo(Path.of("/srv/models"));
        assertThat(place("ui.explain.model", "/srv/explain.onnx")).isEqualTo(Path.of("/srv/explain.onnx"));
        assertThat(place("application.id", "x").endsWith("models/demo")).isTrue();
    }

    /** It is made again whenever one of them is: models/demo/README.md. */
    @Test
    void shouldExplainBothFormsOfTheDemosModel() throws Exception {
        Path demo = Path.of("../models/demo");
        for (String form : List.of("demo-fp32.onnx", "demo-int8.onnx")) {
            assertThat(new ExplainFiles(demo)
                            .of(ModelHash.of(demo.resolve(form)))
                            .file())
                    .as(form)
                    .contains(demo.resolve("demo-explain.onnx"));
        }
    }

    private static Path place(String key, String value) {
        return ExplainFiles.of(Settings.of(Map.of("kafka.bootstrap.servers", "localhost:1", key, value)))
                .place()
                .normalize();
    }
}
