package io.patchstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.patchstream.trainer.export.ExportSettings;
import io.patchstream.trainer.export.Exporter;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checkpoints and the answers of the families' own code are made by {@code src/test/oracle/make_checkpoints.py}. */
class CheckpointImportTest {
    private static final Path CHECKPOINTS = Path.of("src/test/resources/checkpoints");
    private static final int SIDE = 16;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "timm-vit/model.safetensors, half",
        "timm-half-precision/model.safetensors, half",
        "no-qkv-bias/model.safetensors, half",
        "deit-pth/deit.pth, imagenet",
        "deit3-pth/deit3.pth,",
        "dino-pth/dino.pth, imagenet",
        "google-npz/vit.npz,",
        "big-vision-npz/vit.npz,",
        "hf-vit,",
        "hf-vit-cropped,",
        "hf-dinov2,",
        "hf-dinov2-registers,",
        "timm-registers/model.safetensors, half",
        "hf-mae,",
        "timm-distilled/model.safetensors, imagenet",
        "timm-siglip/model.safetensors, half",
        "timm-clip/model.safetensors,",
        "dinov2-giant-pth/dinov2.pth, imagenet",
        "google-pre-logits-npz/vit.npz,",
        "siglip-npz/vit.npz,",
        "hf-deit-distilled,",
        "hf-dinov2-giant,",
        "hf-clip,",
        "hf-clip-projection,",
        "hf-siglip,",
        "hf-siglip-classifier,"
    })
    void shouldAnswerAsTheFamilysOwnCode(String source, String pixels) throws IOException, OrtException {
        Path path = CHECKPOINTS.resolve(source);
        Map<String, HostTensor> golden =
                NumpyArchive.read(CHECKPOINTS.resolve(source.split("/", -1)[0]).resolve("golden.npz"));

        TrainedModel model = imported(path, settings(2, pixels)).model();

        for (Flavour flavour : Flavour.values()) {
            Path onnx = folder.resolve(flavour + ".onnx");
            new Exporter(model, ExportSettings.of(flavour, Precision.FP32)).export(onnx);
            Map<String, float[]> answers = answers(onnx, golden.get("pixels"));
            golden.forEach((output, expected) -> {
                if (!output.equals("pixels")) {
                    note(source + " " + flavour + " " + output, answers.get(output), expected.values());
                    assertThat(answers.get(output))
                            .as(flavour + " " + output)
                            .containsExactly(expected.values(), within(1e-4f));
                }
            });
        }
    }

    @Test
    void shouldFillTheContractFromTheCheckpointsSettings() throws IOException {
        TrainedModel squashed = imported(CHECKPOINTS.resolve("hf-vit"), ImportSettings.asFound())
                .model();
        TrainedModel cropped = imported(CHECKPOINTS.resolve("hf-vit-cropped"), ImportSettings.asFound())
                .model();

        assertThat(squashed.labels()).containsExactly("thing 0", "thing 1", "thing 2", "thing 3", "thing 4");
        assertThat(squashed.preprocessing()).isEqualTo(Preprocessing.squash(SIDE, Interpolation.BILINEAR));
        assertThat(cropped.preprocessing()).isEqualTo(Preprocessing.centreCrop(20, SIDE, Interpolation.BICUBIC));
        assertThat(squashed.lineage().parentSha256()).hasSize(64);
    }

    @Test
    void shouldReadBackWhatItWrote() throws IOException {
        TrainedModel model = imported(CHECKPOINTS.resolve("deit3-pth/deit3.pth"), settings(2, null))
                .model();

        model.write(folder);

        TrainedModel read = TrainedModel.read(folder);
        assertThat(read.config()).isEqualTo(model.config());
        assertThat(read.parameters().keySet()).isEqualTo(model.parameters().keySet());
        TrainedModel again = imported(folder.resolve("model.safetensors"), settings(2, "half"))
                .model();
        again.parameters()
                .forEach((name, tensor) -> assertThat(tensor.values())
                        .as(name)
                        .containsExactly(model.parameters().get(name).values()));
    }

    @Test
    void shouldChangeImageAndPatchSize() throws IOException {
        ImportSettings settings = new ImportSettings(
                Optional.of("tiny"),
                Optional.of(2),
                Optional.of(48),
                Optional.of(8),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of("a", "b", "c", "d", "e"),
                false);

        TrainedModel model = imported(CHECKPOINTS.resolve("timm-vit/model.safetensors"), settings)
                .model();

        assertThat(model.config().tokens()).isEqualTo(36);
        assertThat(model.parameters().get("pos_embed").shape()).containsExactly(1, 37, 8);
        assertThat(model.parameters().get("patch_embed.proj.weight").shape()).containsExactly(8, 3, 8, 8);
        assertThat(model.labels()).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void shouldNameWhatIsMissingMisshapenAndUnexpected() throws IOException {
        Checkpoint whole = Checkpoint.read(CHECKPOINTS.resolve("timm-vit/model.safetensors"));
        Map<String, HostTensor> tensors = new LinkedHashMap<>(whole.tensors());
        tensors.put("blocks.1.attn.projection.bias", tensors.remove("blocks.1.attn.proj.bias"));
        tensors.put("norm.weight", HostTensor.of(new float[7], 7));
        Checkpoint renamed = new Checkpoint(tensors, whole.settings(), whole.preprocessor(), whole.sha256());

        assertThatThrownBy(() -> CheckpointImport.of(renamed, settings(2, null)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("Missing: [blocks.1.attn.proj.bias]")
                .hasMessageContaining("Of another shape: [norm.weight is [7], not [8]]")
                .hasMessageContaining("Unexpected: [blocks.1.attn.projection.bias]");
    }

    @Test
    void shouldRefuseWhatItCannotBe() throws IOException {
        Checkpoint whole = Checkpoint.read(CHECKPOINTS.resolve("timm-vit/model.safetensors"));
        Map<String, HostTensor> tensors = new LinkedHashMap<>(whole.tensors());
        tensors.put("blocks.0.attn.q_norm.weight", HostTensor.of(new float[4], 4));
        Checkpoint normed = new Checkpoint(tensors, whole.settings(), whole.preprocessor(), whole.sha256());
        Checkpoint other = new Checkpoint(
                Map.of("layer1.0.conv1.weight", HostTensor.of(new float[1], 1)),
                whole.settings(),
                whole.preprocessor(),
                whole.sha256());

        assertThatThrownBy(() -> CheckpointImport.of(normed, settings(2, null)))
                .hasMessageContaining("norms of queries and keys");
        assertThatThrownBy(() -> CheckpointImport.of(other, settings(2, null)))
                .hasMessageContaining("no Vision Transformer that is known")
                .hasMessageContaining("layer1.0.conv1.weight");
    }

    @Test
    void shouldTakeThePreprocessingOfEachFamily() throws IOException {
        assertThat(preprocessing("hf-clip")).isEqualTo(Preprocessing.centreCrop(18, SIDE, Interpolation.BICUBIC));
        assertThat(preprocessing("hf-siglip")).isEqualTo(Preprocessing.squash(SIDE, Interpolation.BICUBIC));
        assertThat(preprocessing("hf-dinov2-giant"))
                .isEqualTo(Preprocessing.centreCrop(18, SIDE, Interpolation.BICUBIC));
        assertThat(preprocessing("hf-deit-distilled"))
                .isEqualTo(Preprocessing.centreCrop(20, SIDE, Interpolation.BICUBIC));
        assertThat(preprocessing("timm-clip/model.safetensors"))
                .isEqualTo(Preprocessing.centreCrop(17, SIDE, Interpolation.BICUBIC));
    }

    private static Preprocessing preprocessing(String source) throws IOException {
        return imported(CHECKPOINTS.resolve(source), settings(2, null)).model().preprocessing();
    }

    /** Notes the largest difference, for the table in docs/import.md. */
    private static void note(String what, float[] actual, float[] expected) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs((double) actual[i] - expected[i]));
        }
        try {
            Files.writeString(
                    Path.of("target/import-differences.txt"),
                    String.format("%s: %.1e%n", what, largest),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CheckpointImport.Imported imported(Path path, ImportSettings settings) throws IOException {
        return CheckpointImport.of(Checkpoint.read(path), settings);
    }

    private static ImportSettings settings(int heads, String pixels) {
        return new ImportSettings(
                Optional.empty(),
                Optional.of(heads),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(pixels).map(PixelStatistics.NAMED::get),
                Optional.empty(),
                List.of(),
                false);
    }

    static Map<String, float[]> answers(Path model, HostTensor pixels) throws OrtException {
        ByteBuffer input = ByteBuffer.allocateDirect(pixels.values().length);
        for (float pixel : pixels.values()) {
            input.put((byte) (int) pixel);
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, float[]> answers = new LinkedHashMap<>();
        try (OrtSession session = environment.createSession(model.toString());
                OnnxTensor tensor =
                        OnnxTensor.createTensor(environment, input.flip(), pixels.shape(), OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of("pixels", tensor))) {
            result.forEach(output -> {
                java.nio.FloatBuffer values = ((OnnxTensor) output.getValue()).getFloatBuffer();
                float[] copy = new float[values.remaining()];
                values.get(copy);
                answers.put(output.getKey(), copy);
            });
        }
        return answers;
    }
}
