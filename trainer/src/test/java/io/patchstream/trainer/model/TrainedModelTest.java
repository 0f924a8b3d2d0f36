package io.patchstream.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ConformalPromise;
import io.patchstream.vision.model.KnownDistances;
import io.patchstream.vision.model.KnownDistances.Limit;
import io.patchstream.vision.model.ModelLineage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainedModelTest {
    @TempDir
    Path folder;

    static List<ModelConfig.Tokenizer> tokenizers() {
        return List.of(new Patches(8), new Convolutions(2, 3, 64));
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void shouldReadBackWhatItWrote(ModelConfig.Tokenizer tokenizer) throws IOException {
        TrainedModel model = model(tokenizer, Pooling.SEQUENCE);

        model.write(folder.resolve("new"));
        TrainedModel read = TrainedModel.read(folder.resolve("new"));

        assertThat(read.config()).isEqualTo(model.config());
        assertThat(read.labels()).isEqualTo(model.labels());
        assertThat(read.preprocessing()).isEqualTo(model.preprocessing());
        assertThat(read.lineage()).isEqualTo(model.lineage());
        assertThat(read.parameters().get("norm.weight").values()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void shouldReadModelsFromBeforeThereWereRegisters() throws IOException {
        TrainedModel model = model(new Patches(8), Pooling.CLASS_TOKEN);
        model.write(folder);
        Path file = folder.resolve("model.json");
        String old = Files.readString(file).replaceFirst(",\\s*\"registers\" : 0", "");

        Files.writeString(file, old);

        assertThat(old).doesNotContain("registers");
        assertThat(TrainedModel.read(folder).config()).isEqualTo(model.config());
    }

    @Test
    void shouldKeepWhatWasMeasuredOfItsConfidenceUntilItIsMeasuredNoMore() throws IOException {
        TrainedModel plain = model(new Patches(8), Pooling.CLASS_TOKEN);
        ConformalPromise promise = new ConformalPromise(0.9, 0.2, 50);
        KnownDistances known = new KnownDistances(List.of(new Limit(50, 3), new Limit(95, 12.5)), 50);
        plain.calibrated(
                        1.5,
                        Optional.of(promise),
                        Optional.of(new ClassDistance(
                                HostTensor.of(new float[16], 4, 4),
                                HostTensor.of(new float[] {1, 2, 3, 4}, 4),
                                HostTensor.of(new float[] {5, 6, 7, 8}, 1, 4),
                                known)))
                .write(folder);

        TrainedModel read = TrainedModel.read(folder);
        assertThat(read.conformal()).contains(promise);
        assertThat(read.distance().orElseThrow().known()).isEqualTo(known);
        assertThat(read.distance().orElseThrow().offset().values()).containsExactly(1, 2, 3, 4);
        assertThat(read.distance().orElseThrow().means().values()).containsExactly(5, 6, 7, 8);

        plain.write(folder);
        assertThat(TrainedModel.read(folder).distance()).isEmpty();
        assertThat(folder.resolve("gaussians.safetensors")).doesNotExist();
    }

    @Test
    void shouldRefuseDistancesOfOtherEmbeddings() {
        TrainedModel plain = model(new Patches(8), Pooling.CLASS_TOKEN);
        ClassDistance other = new ClassDistance(
                HostTensor.of(new float[9], 3, 3),
                HostTensor.of(new float[3], 3),
                HostTensor.of(new float[3], 1, 3),
                new KnownDistances(List.of(new Limit(50, 3)), 50));
        assertThatThrownBy(() -> plain.calibrated(1, Optional.empty(), Optional.of(other)))
                .hasMessageContaining("embeddings of 3 values; the model gives 4");
    }

    @Test
    void shouldSayWhichFileIsMissing() {
        assertThatThrownBy(() -> TrainedModel.read(folder)).hasMessageContaining("model.json is missing");
    }

    @Test
    void shouldNameTheFileThatIsNotWhatItShouldBe() throws IOException {
        model(new Patches(8), Pooling.CLASS_TOKEN).write(folder);
        Path file = folder.resolve("model.json");
        Files.writeString(file, Files.readString(file).replace("\"patches\"", "\"tiles\""));

        assertThatThrownBy(() -> TrainedModel.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("model.json")
                .hasMessageContaining("tiles");
    }

    private static TrainedModel model(ModelConfig.Tokenizer tokenizer, Pooling pooling) {
        return new TrainedModel(
                new ModelConfig(
                        "test", 32, tokenizer, 4, 2, 2, 8, 2, pooling, Gelu.ERF, 1e-6, 0.1, 0.2, Normalisation.HALF, 0),
                Map.of("norm.weight", HostTensor.of(new float[] {1, 2, 3, 4}, 4)),
                List.of("cat", "dog"),
                Preprocessing.centreCrop(36, 32, Interpolation.BILINEAR),
                new ModelLineage("ab", "", "tiny", 7, Map.of("top1", 0.5), "0.1.0"));
    }
}
