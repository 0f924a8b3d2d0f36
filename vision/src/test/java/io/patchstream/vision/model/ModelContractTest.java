package io.patchstream.vision.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.model.KnownDistances.Limit;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelContractTest {
    private static final ModelContract CONTRACT = new ModelContract(
            "demo",
            List.of("T-shirt/top", "Trouser, \"wide\""),
            Preprocessing.centreCrop(36, 32, Interpolation.BILINEAR),
            96,
            1.25,
            Precision.INT8_STATIC,
            Flavour.FUSED,
            new ModelLineage("ab".repeat(32), "", "fashion seed=7", 7, Map.of("test_accuracy", 0.931), "0.1.0"));

    private static final ConformalPromise PROMISE = new ConformalPromise(0.9, 0.25, 200);
    private static final KnownDistances KNOWN =
            new KnownDistances(List.of(new Limit(95, 40), new Limit(99, 90.5)), 200);

    @Test
    void shouldComeBackFromMetadataAsItWas() {
        assertThat(ModelContract.fromMetadata(CONTRACT.toMetadata())).isEqualTo(CONTRACT);
    }

    @Test
    void shouldComeBackWithWhatItSaysOfItsConfidence() {
        ModelContract confident = CONTRACT.with(Optional.of(PROMISE), Optional.of(KNOWN));
        assertThat(ModelContract.fromMetadata(confident.toMetadata())).isEqualTo(confident);
        assertThat(confident.toMetadata())
                .containsEntry("patchstream.conformal", "{\"coverage\":0.9,\"examples\":200,\"threshold\":0.25}")
                .containsEntry(
                        "patchstream.distances",
                        "{\"examples\":200,\"limits\":[{\"distance\":40.0,\"percent\":95.0},{\"distance\":90.5,\"percent\":99.0}]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conformal | {\"coverage\":1.0,\"examples\":200,\"threshold\":0.25}  | coverage is 1.0",
                "conformal | {\"coverage\":0.9,\"examples\":200,\"threshold\":0}     | threshold is 0.0",
                "conformal | {\"coverage\":0.9,\"examples\":200,\"threshold\":1.5}   | threshold is 1.5",
                "conformal | {\"coverage\":0.9,\"examples\":8,\"threshold\":0.25}    | 8 examples cannot promise a coverage of 0.9",
                "conformal | {\"coverage\":0.9,\"threshold\":0.25}                   | 0 examples",
                "conformal | {\"alpha\":0.1}                                         | conformal is not what it should be",
                "conformal | none                                                    | conformal is not what it should be",
                "distances | {\"examples\":200,\"limits\":[]}                         | there must be at least one",
                "distances | {\"examples\":200,\"limits\":[{\"percent\":100,\"distance\":1}]} | percent is 100.0",
                "distances | {\"examples\":200,\"limits\":[{\"percent\":95,\"distance\":-1}]} | distance is -1.0",
                "distances | {\"examples\":200,\"limits\":[{\"percent\":95,\"distance\":\"NaN\"}]} | distance is NaN",
                "distances | {\"examples\":18,\"limits\":[{\"percent\":95,\"distance\":1}]} | 18 examples cannot tell",
                "distances | {\"examples\":200,\"limits\":[{\"percent\":95,\"distance\":2},{\"percent\":99,\"distance\":1}]}"
                        + " | do not ascend",
            })
    void shouldRefuseWhatMakesNoSenseOfItsConfidence(String key, String value, String reason) {
        Map<String, String> metadata = new HashMap<>(CONTRACT.toMetadata());
        metadata.put("patchstream." + key, value);
        assertThatThrownBy(() -> ModelContract.fromMetadata(metadata))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining(reason);
    }

    /** By hand: of 9 examples the 9th in the order of 1 - p promises 0.9, of 8 none does. */
    @Test
    void shouldChooseTheThresholdByRank() {
        double[] nine = {0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4, 0.5};
        assertThat(ConformalPromise.of(nine, 0.9)).contains(new ConformalPromise(0.9, 0.1, 9));
        assertThat(ConformalPromise.of(nine, 0.5)).contains(new ConformalPromise(0.5, 0.5, 9));
        assertThat(ConformalPromise.of(Arrays.copyOf(nine, 8), 0.9)).isEmpty();
        assertThat(ConformalPromise.of(new double[9], 0.9))
                .as("all classes together")
                .isEmpty();
        assertThat(PROMISE.holds(0.25)).isTrue();
        assertThat(PROMISE.holds(Math.nextDown(0.25))).isFalse();
    }

    @Test
    void shouldCountHowManyKnownPicturesAreNearer() {
        double[] distances = IntStream.rangeClosed(1, 199).mapToDouble(i -> i).toArray();
        KnownDistances known = KnownDistances.of(distances).orElseThrow();
        assertThat(known.limits())
                .containsExactly(new Limit(50, 100), new Limit(90, 180), new Limit(95, 190), new Limit(99, 198));
        assertThat(known.beyond(100)).isZero();
        assertThat(known.beyond(100.5)).isEqualTo(50);
        assertThat(known.beyond(190)).isEqualTo(90);
        assertThat(known.beyond(1e9)).isEqualTo(99);
        assertThat(known.knows(95)).isTrue();
        assertThat(known.knows(96)).isFalse();
        assertThat(KnownDistances.of(new double[0])).isEmpty();
    }

    @Test
    void shouldKeepDistancesOfGoldenFrames(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("x.golden.npz");
        new GoldenFrames(2, 1, 1, new byte[6], new float[4], 1, new float[] {3, 4.5f}, 0.25f).write(file);
        GoldenFrames read = GoldenFrames.read(file);
        assertThat(read.hasDistances()).isTrue();
        assertThat(read.distance(1)).isEqualTo(4.5f);
        assertThat(read.distanceTolerance()).isEqualTo(0.25f);
    }

    @Test
    void shouldNameWhatIsMissing() {
        Map<String, String> metadata = new HashMap<>(CONTRACT.toMetadata());
        metadata.remove("patchstream.labels");
        assertThatThrownBy(() -> ModelContract.fromMetadata(metadata))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("patchstream.labels");
    }

    @Test
    void shouldRefuseAModelWithoutContractAndSayWhatToDo() {
        assertThatThrownBy(() -> ModelContract.fromMetadata(Map.of()))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("./patchstream export");
    }

    @Test
    void shouldRefuseAContractOfAnotherVersion() {
        Map<String, String> metadata = new HashMap<>(CONTRACT.toMetadata());
        metadata.put("patchstream.contract", "2");
        assertThatThrownBy(() -> ModelContract.fromMetadata(metadata)).hasMessageContaining("version 2");
    }

    @Test
    void shouldHashPreprocessingByItsMeaning() {
        Preprocessing same = Preprocessing.centreCrop(36, 32, Interpolation.BILINEAR);
        Preprocessing other = Preprocessing.centreCrop(36, 32, Interpolation.BICUBIC);
        assertThat(same.sha256()).isEqualTo(CONTRACT.preprocessing().sha256()).hasSize(64);
        assertThat(other.sha256()).isNotEqualTo(same.sha256());
    }

    @Test
    void shouldKeepGoldenFramesInANumpyFile(@TempDir Path folder) throws Exception {
        byte[] pixels = new byte[2 * 2 * 3 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 7);
        }
        GoldenFrames golden = new GoldenFrames(2, 2, 3, pixels, new float[] {1, -2, 3.5f, 4}, 1e-3f);
        Path file = GoldenFrames.beside(folder.resolve("demo.onnx"));
        golden.write(file);
        GoldenFrames read = GoldenFrames.read(file);
        assertThat(file).hasFileName("demo.golden.npz");
        assertThat(read.pixels(1)).isEqualTo(golden.pixels(1));
        assertThat(read.logits(1)).containsExactly(3.5f, 4);
        assertThat(read.tolerance()).isEqualTo(1e-3f);
        assertThat(read.hasDistances()).isFalse();
    }

    @Test
    void shouldRefuseAFileThatHoldsNoGoldenFrames(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("x.golden.npz"), "not a zip");
        assertThatThrownBy(() -> GoldenFrames.read(file)).isInstanceOf(ContractException.class);
    }
}
