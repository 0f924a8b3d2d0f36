package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.ConformalPromise;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.KnownDistances.Limit;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A file carries no limit that was measured on other numbers than its own. */
class ExportedConfidenceTest {
    private static final TrainedModel MODEL = TestModels.calibrated(RandomModel.of(TestModels.tiny(), 1));
    private static final LabelledPixels PICTURES = RandomPictures.of(64, 32, 2);
    private static final Set<String> OUTPUTS = Set.of(ModelContract.PROBABILITIES, ModelContract.DISTANCE);

    @TempDir
    private Path folder;

    @Test
    void shouldCarryInFloatWhatWasEvaluated() throws Exception {
        ExportReport report = export(Precision.FP32, MODEL.temperature(), Optional.empty());

        assertThat(report.contract().conformal()).isEqualTo(MODEL.conformal());
        assertThat(report.contract().distances())
                .contains(MODEL.distance().orElseThrow().known());
        assertThat(WrittenModel.read(report.model()).metadata())
                .isEqualTo(report.contract().toMetadata());
        GoldenFrames golden = GoldenFrames.read(report.golden());
        assertThat(golden.hasDistances()).isTrue();
        assertThat(golden.distanceTolerance()).isPositive().isLessThan(0.01f * golden.distance(0));
        try (RuntimeSession session = RuntimeSession.open(report.model())) {
            assertThat(session.answers(PICTURES.first(1), 1, OUTPUTS).get(ModelContract.DISTANCE))
                    .containsExactly(golden.distance(0));
        }
    }

    @Test
    void shouldLeaveOutSetsOfAnotherTemperatureButKeepDistances() throws Exception {
        ExportReport report = export(Precision.FP32, 3, Optional.empty());

        assertThat(report.contract().conformal()).isEmpty();
        assertThat(report.contract().distances()).isPresent();
        assertThat(report.confidence()).singleElement().asString().contains("conformal sets are left out", "--recipe");
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "INT8_STATIC"})
    void shouldLeaveOutWhatWasMeasuredInFloat(Precision precision) throws Exception {
        ExportReport report = export(precision, MODEL.temperature(), Optional.empty());

        assertThat(report.contract().conformal()).isEmpty();
        assertThat(report.contract().distances()).isEmpty();
        assertThat(report.confidence())
                .singleElement()
                .asString()
                .contains("conformal sets and distance are left out", "--recipe");
        assertThat(GoldenFrames.read(report.golden()).hasDistances()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void shouldMeasureAFilesOwnNumbersWherePicturesAreGiven(Precision precision) throws Exception {
        Untouched untouched = new Untouched(PICTURES, RandomPictures.of(32, 32, 5));
        ExportReport report = export(precision, 3, Optional.of(untouched));

        Map<String, float[]> answers;
        try (RuntimeSession session = RuntimeSession.open(report.model())) {
            answers = session.answers(PICTURES, 1, OUTPUTS);
            for (int batch : new int[] {3, 16}) {
                assertThat(session.answers(PICTURES, batch, OUTPUTS).get(ModelContract.DISTANCE))
                        .as("the same bits in batches of %d", batch)
                        .isEqualTo(answers.get(ModelContract.DISTANCE));
            }
        }
        float[] right = new float[PICTURES.count()];
        for (int i = 0; i < right.length; i++) {
            right[i] = answers.get(ModelContract.PROBABILITIES)[i * 10 + PICTURES.classOf(i)];
        }
        float[] distances = answers.get(ModelContract.DISTANCE).clone();
        Arrays.sort(right);
        Arrays.sort(distances);
        // Half precision is measured as it is rounded on a GPU, which is not what this processor computes.
        double within = precision == Precision.FP16 ? 0.02 : 1e-6;
        ConformalPromise promise = report.contract().conformal().orElseThrow();
        assertThat(promise.coverage()).isEqualTo(0.9);
        assertThat(promise.examples()).isEqualTo(64);
        // Of 64, the 59th in the order of 1 - p: the 6th least probability.
        assertThat(promise.threshold()).isCloseTo(right[5], within(within * right[5]));
        List<Limit> limits = report.contract().distances().orElseThrow().limits();
        assertThat(limits).extracting(Limit::percent).containsExactly(50.0, 90.0, 95.0);
        int[] ranks = {33, 59, 62};
        for (int i = 0; i < ranks.length; i++) {
            assertThat(limits.get(i).distance())
                    .isCloseTo(distances[ranks[i] - 1], within(within * distances[ranks[i] - 1]));
        }
        assertThat(report.confidence()).hasSize(2).first().asString().contains("on 32 others");
    }

    @Test
    void shouldKeepTheDistanceInTheExplainFile() throws Exception {
        ExportReport report = export(Precision.FP32, MODEL.temperature(), Optional.empty());
        Path explain = folder.resolve("model-explain.onnx");
        new ExplainExport(report.model()).write(List.of(), explain);

        try (RuntimeSession session = RuntimeSession.open(explain);
                RuntimeSession original = RuntimeSession.open(report.model())) {
            assertThat(session.answers(PICTURES, 1, OUTPUTS).get(ModelContract.DISTANCE))
                    .isEqualTo(original.answers(PICTURES, 1, OUTPUTS).get(ModelContract.DISTANCE));
        }
    }

    private ExportReport export(Precision precision, double temperature, Optional<Untouched> untouched)
            throws Exception {
        return new Exporter(MODEL, new ExportSettings(Flavour.FUSED, precision, temperature, 100, 7))
                .export(folder.resolve("model.onnx"), RandomPictures.of(64, 32, 3), PICTURES, untouched);
    }
}
