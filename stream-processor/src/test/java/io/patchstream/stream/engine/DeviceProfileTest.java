package io.patchstream.stream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.stream.engine.DeviceProfile.Form;
import io.patchstream.stream.engine.DeviceProfile.Measured;
import io.patchstream.stream.engine.DeviceProfile.Point;
import io.patchstream.stream.frame.BatchingStatistics.ServicePoint;
import io.patchstream.stream.frame.ServedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A saved profile is taken where it is of this model and this device, and nowhere else. */
class DeviceProfileTest {
    private static final EngineSettings SETTINGS = EngineSettings.defaults().withMaxBatch(8);
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    /** What no measurement gives: batches of 8 take as long as one picture. */
    private static final List<Point> INVENTED = List.of(new Point(1, 1.0, 0.25, 9), new Point(8, 1.0, 0, 9));

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void putAModel() throws IOException {
        model = new TinyFolder(folder).put("tiny", "fp32");
    }

    private static DeviceProfile profile(String sha256, String engine, int cores, Form form, List<Point> curve) {
        return new DeviceProfile(
                DeviceProfile.FORMAT, sha256, engine, cores, form, curve, List.of(new Measured(form, 8, 8)));
    }

    private List<ServicePoint> curveOfAnEngine(EngineSettings settings) throws IOException {
        try (LookAheadEngine engine = LookAheadEngine.open(model, settings)) {
            return engine.statistics().batching().serviceCurve();
        }
    }

    private ServedModel served() throws IOException {
        try (LookAheadEngine engine = LookAheadEngine.open(model, SETTINGS)) {
            return engine.model();
        }
    }

    @Test
    void shouldStartWithWhatWasSaved() throws Exception {
        assertThat(curveOfAnEngine(SETTINGS)).noneMatch(point -> point.seconds() == 1.0);
        ServedModel served = served();
        DeviceProfile saved = profile(served.sha256(), served.engine(), CORES, new Form(CORES, 1), INVENTED);
        saved.writeBeside(model);
        assertThat(DeviceProfile.beside(model)).contains(saved);
        assertThat(curveOfAnEngine(SETTINGS))
                .containsExactly(new ServicePoint(1, 1.0, 1.5), new ServicePoint(8, 1.0, 1.0));
        assertThat(curveOfAnEngine(SETTINGS.withMaxBatch(4)))
                .as("sizes that are allowed")
                .containsExactly(new ServicePoint(1, 1.0, 1.5));
    }

    @ParameterizedTest
    @CsvSource({
        "another-model, , 0, 1, it is of another model",
        ", another-device, 0, 1, it is of another device",
        ", , 1, 1, it was measured on",
        ", , 0, 2, threads for a batch are set to 1"
    })
    void shouldMeasureWhereTheSavedOneIsOfSomethingElse(
            String sha256, String engine, int moreCores, int threads, String reason) throws Exception {
        ServedModel served = served();
        DeviceProfile saved = profile(
                sha256 == null ? served.sha256() : sha256,
                engine == null ? served.engine() : engine,
                CORES + moreCores,
                new Form(1, threads),
                INVENTED);
        saved.writeBeside(model);
        assertThat(saved.mismatch(served, 1)).contains(reason);
        assertThat(curveOfAnEngine(SETTINGS.withIntraOpThreads(1)))
                .isNotEmpty()
                .noneMatch(point -> point.seconds() == 1.0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | is no profile",
                "null | it is empty",
                "{\"format\": 2} | format is 2; this version reads 1",
                "{\"format\": 1} | form is null",
                "{\"format\": 1, \"more\": 1} | Unrecognized field",
                "{\"format\":1,\"form\":{\"callers\":1,\"threads_per_caller\":1},\"service_curve\":[]} | service_curve is empty",
                "{\"format\":1,\"form\":{\"callers\":1,\"threads_per_caller\":1},\"service_curve\":[{\"batch\":1,\"seconds\":-1}]}"
                        + " | seconds must be above 0"
            })
    void shouldSayWhatIsWrongWithAFileAndMeasureInstead(String content, String reason) throws Exception {
        Files.writeString(DeviceProfile.fileOf(model), content);
        assertThatThrownBy(() -> DeviceProfile.beside(model))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tiny.profile.json is no profile: ")
                .hasMessageContaining(reason);
        assertThat(curveOfAnEngine(SETTINGS)).isNotEmpty();
    }

    @Test
    void shouldMeasureEveryFormAndKeepTheResultBesideTheModel() throws Exception {
        int exitCode = new CommandLine(new ProfileCommand())
                .execute("--model", model.toString(), "--seconds", "1", "--max-batch", "8");
        assertThat(exitCode).isZero();
        DeviceProfile measured = DeviceProfile.beside(model).orElseThrow();
        ServedModel served = served();
        assertThat(measured.mismatch(served, measured.form().threadsPerCaller()))
                .isEmpty();
        assertThat(measured.forms()).extracting(Measured::form).containsExactlyElementsOf(Profiler.forms(CORES));
        assertThat(measured.forms()).allMatch(form -> form.picturesPerSecond() > 0);
        assertThat(measured.serviceCurve()).first().extracting(Point::batch).isEqualTo(1);
        assertThat(measured.serviceCurve()).allMatch(point -> point.batches() >= 5);
        assertThat(curveOfAnEngine(SETTINGS)).hasSameSizeAs(measured.serviceCurve());
    }

    @Test
    void shouldMeasureAModelThatIsTooSlowForTheTimeOnOnePictureAtATime() throws Exception {
        DeviceProfile measured = new Profiler(model, SETTINGS.withMaxBatch(64)).measure(Duration.ofNanos(1));

        assertThat(measured.forms()).extracting(Measured::form).containsExactlyElementsOf(Profiler.forms(CORES));
        assertThat(measured.serviceCurve()).extracting(Point::batch).containsExactly(1);
    }

    @Test
    void shouldDivideTheCoresEvenlyAndAskMoreThreadsToEarnTheirPlace() {
        assertThat(Profiler.forms(6)).containsExactly(new Form(6, 1), new Form(3, 2), new Form(2, 3), new Form(1, 6));
        Measured one = new Measured(new Form(4, 1), 1, 100);
        assertThat(Profiler.choose(List.of(one, new Measured(new Form(1, 4), 8, 104))))
                .isEqualTo(new Form(4, 1));
        assertThat(Profiler.choose(List.of(one, new Measured(new Form(2, 2), 8, 106))))
                .isEqualTo(new Form(2, 2));
    }
}
