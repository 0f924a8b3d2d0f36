package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.model.ContractException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenVinoPlacementTest {
    @TempDir
    private Path folder;

    @Test
    void shouldAskForTheLibraryWhenNoneIsNamed() {
        assertThatThrownBy(() -> open(Path.of("")))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("engine.openvino.library names no file");
    }

    @Test
    void shouldSayThatTheLibraryIsNotThere() {
        assertThatThrownBy(() -> open(folder.resolve("libnone.so")))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("libnone.so; it must be a file that is there");
    }

    @Test
    void shouldSayThatAFileIsNoPlugin() throws Exception {
        Path text = Files.writeString(folder.resolve("libtext.so"), "not a library");
        assertThatThrownBy(() -> open(text))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("is no plugin library for ONNX Runtime");
    }

    /** With the plugin and hardware that it takes: {@code -Dopenvino.library=FILE}. */
    @Test
    void shouldAnswerGoldenFramesWithTheRealLibrary() throws Exception {
        String library = System.getProperty("openvino.library", "");
        assumeTrue(!library.isEmpty(), "the plugin library is Intel's and is not shipped: -Dopenvino.library=FILE");
        try (OnnxModel model = open(Path.of(library));
                BatchRunner runner = model.newRunner(2)) {
            runner.runCanary();
            assertThat(model.served().engine()).contains("device=openvino-cpu");
        }
    }

    @com.google.errorprone.annotations.MustBeClosed
    private static OnnxModel open(Path library) throws Exception {
        return OnnxModel.open(
                TinyModel.path("fp32"),
                new SessionSettings(
                        Provider.OPENVINO,
                        1,
                        true,
                        5,
                        DecodeScale.FULL,
                        new Accelerator(8, 0, false, library, "cpu"),
                        ModelKeys.NONE,
                        ModelNeeds.NONE));
    }
}
