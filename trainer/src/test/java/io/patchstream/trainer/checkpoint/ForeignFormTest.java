package io.patchstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.export.ExportSettings;
import io.patchstream.trainer.export.ExportVerb;
import io.patchstream.trainer.export.Exporter;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * What {@code export --to} writes: the committed files, which timm and transformers have loaded and answered
 * ({@code src/test/oracle/check_exports.py}). To make them again:
 *
 * <pre>./mvnw -pl trainer -am test -Dtest=ForeignFormTest -Dsurefire.failIfNoSpecifiedTests=false -Dforeign.models=write
 * python trainer/src/test/oracle/check_exports.py --write</pre>
 */
class ForeignFormTest {
    private static final Path COMMITTED = Path.of("src/test/resources/foreign");
    private static final List<String> FORMS = List.of(
            "plain timm",
            "plain hf",
            "erf hf",
            "distilled timm",
            "distilled hf",
            "registers timm",
            "map timm",
            "mean timm",
            "mean-normed-after timm",
            "gated timm",
            "pre-norm timm",
            "layer-scale timm",
            "layer-scale hf",
            "axes timm",
            "axes hf",
            "sin-cos timm",
            "no-positions hf");

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void writeThemWhenAsked() throws IOException {
        if ("write".equals(System.getProperty("foreign.models"))) {
            for (String each : FORMS) {
                String[] words = each.split(" ", -1);
                Path run = Files.createTempDirectory("foreign");
                ForeignModels.all().get(words[0]).write(run);
                new ForeignFormTest().export(run, words[1], COMMITTED.resolve(words[0] + "-" + words[1]));
            }
        }
    }

    private static Stream<String> forms() {
        return FORMS.stream();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldWriteWhatTheLibrariesHaveLoaded(String each) throws IOException {
        String name = each.replace(' ', '-');
        export(each, folder.resolve("theirs"));
        try (Stream<Path> files = Files.list(folder.resolve("theirs"))) {
            for (Path file : files.toList()) {
                assertThat(file).hasSameBinaryContentAs(COMMITTED.resolve(name).resolve(file.getFileName()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldAnswerAsTheLibrariesDo(String each) throws Exception {
        TrainedModel model = ForeignModels.all().get(each.split(" ", -1)[0]);
        Map<String, HostTensor> golden =
                NumpyArchive.read(COMMITTED.resolve(each.replace(' ', '-')).resolve("golden.npz"));
        Path onnx = folder.resolve("model.onnx");
        new Exporter(model, ExportSettings.of(Flavour.FUSED, Precision.FP32)).export(onnx);
        assertThat(CheckpointImportTest.answers(onnx, golden.get("pixels")).get("logits"))
                .containsExactly(golden.get("logits").values(), within(1e-5f));
    }

    /** Nothing is folded in these: every parameter comes back with its bits. */
    @ParameterizedTest
    @MethodSource("unfolded")
    void shouldComeBackBitEqual(String each) throws IOException {
        TrainedModel model = ForeignModels.all().get(each.split(" ", -1)[0]);
        export(each, folder.resolve("theirs"));
        TrainedModel back = imported(folder.resolve("theirs"));
        assertThat(back.parameters().keySet()).isEqualTo(model.parameters().keySet());
        model.parameters().forEach((name, tensor) -> {
            assertThat(back.parameters().get(name).shape()).as(name).isEqualTo(tensor.shape());
            assertThat(back.parameters().get(name).values()).as(name).isEqualTo(tensor.values());
        });
        assertThat(back.labels()).isEqualTo(model.labels());
        assertThat(back.preprocessing()).isEqualTo(model.preprocessing());
        assertThat(back.config().gelu()).isEqualTo(model.config().gelu());
        assertThat(back.config().heads()).isEqualTo(model.config().heads());
        assertThat(back.config().layerNormEpsilon()).isEqualTo(model.config().layerNormEpsilon());
        assertThat(back.config().options()).isEqualTo(model.config().options());
    }

    private static Stream<String> unfolded() {
        return FORMS.stream().filter(each -> !each.matches("(pre-norm|layer-scale|axes|sin-cos|no-positions) .*"));
    }

    /** Import folds LayerScale and pixel statistics into weights, and positions come back as a table: the same answers. */
    @ParameterizedTest
    @MethodSource("forms")
    void shouldComeBackWithTheSameAnswers(String each) throws Exception {
        TrainedModel model = ForeignModels.all().get(each.split(" ", -1)[0]);
        export(each, folder.resolve("theirs"));
        HostTensor pixels = NumpyArchive.read(
                        COMMITTED.resolve(each.replace(' ', '-')).resolve("golden.npz"))
                .get("pixels");
        assertThat(logits(imported(folder.resolve("theirs")), pixels))
                .containsExactly(logits(model, pixels), within(2e-6f));
    }

    @Test
    void shouldKeepEveryModelAsSafetensors() throws IOException {
        TrainedModel model = ForeignModels.all().get("layer-scale");
        export("layer-scale safetensors", folder.resolve("ours"));
        TrainedModel back = TrainedModel.read(folder.resolve("ours"));
        assertThat(back.config()).isEqualTo(model.config());
        model.parameters()
                .forEach(
                        (name, tensor) -> assertThat(back.parameters().get(name).values())
                                .as(name)
                                .isEqualTo(tensor.values()));
    }

    @Test
    void shouldSayWhatALibraryHasNoPlaceFor() throws IOException {
        ForeignModels.all().get("registers").write(folder.resolve("run"));
        assertThat(export(folder.resolve("run"), "hf", folder.resolve("theirs")))
                .isEqualTo(1);
        assertThat(err.toString()).contains("transformers' ViT has no place for registers");
        assertThat(folder.resolve("theirs")).doesNotExist();
        assertThat(export(folder.resolve("run"), "flax", folder.resolve("theirs")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--to flax is none of onnx, timm, hf, safetensors");
    }

    @Test
    void shouldNoteAnotherEpsilon() throws IOException {
        export("erf timm", folder.resolve("theirs"));
        assertThat(out.toString()).contains("Note: timm's layer norms have an epsilon of 1.0E-6");
    }

    private float[] logits(TrainedModel model, HostTensor pixels) throws Exception {
        Path onnx = Files.createTempDirectory(folder, "onnx").resolve("model.onnx");
        new Exporter(model, ExportSettings.of(Flavour.FUSED, Precision.FP32)).export(onnx);
        return CheckpointImportTest.answers(onnx, pixels).get("logits");
    }

    private static TrainedModel imported(Path folder) throws IOException {
        return CheckpointImport.of(Checkpoint.read(folder), ImportSettings.asFound())
                .model();
    }

    private void export(String each, Path to) throws IOException {
        String[] words = each.split(" ", -1);
        ForeignModels.all().get(words[0]).write(folder.resolve("run"));
        assertThat(export(folder.resolve("run"), words[1], to))
                .as(err.toString())
                .isZero();
    }

    private int export(Path run, String form, Path to) {
        return new CommandLine(new ExportVerb())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute("--from", run.toString(), "--to", form, "--out", to.toString());
    }
}
