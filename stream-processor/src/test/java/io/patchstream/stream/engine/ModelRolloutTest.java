package io.patchstream.stream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.stream.infer.ModelNeeds;
import io.patchstream.stream.infer.Signers;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.GoldenFrames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The looks at a models folder, one at a time. {@code v1} is the float model, in force. */
@SuppressWarnings("MustBeClosedChecker") // What is opened before a test is closed after it.
class ModelRolloutTest {
    private static final EngineSettings SETTINGS = EngineSettings.defaults().withMaxBatch(2);

    @TempDir
    private Path path;

    private final LongAdder refusals = new LongAdder();
    private TinyFolder folder;
    private LookAheadEngine engine;
    private ModelRollout rollout;
    private String fp32;

    @BeforeEach
    void serveV1() throws Exception {
        folder = new TinyFolder(path);
        folder.put("v1", "fp32");
        engine = LookAheadEngine.openFolder(path, SETTINGS);
        rollout = new ModelRollout(
                engine,
                new ModelFolder(path),
                SETTINGS,
                new ModelFolder(path).chosen(),
                Map.of(),
                new BatchMemory(),
                refusals,
                Duration.ofDays(1));
        fp32 = engine.model().sha256();
    }

    @AfterEach
    void closeAll() {
        rollout.close();
        engine.close();
    }

    @Test
    void shouldGoOverToTheLastByNameInWhichNumbersAreNumbers() throws Exception {
        folder.put("v9", "int8");
        looks(2);
        String int8 = engine.model().sha256();
        assertThat(int8).isNotEqualTo(fp32);
        folder.put("v10", "fp32");
        looks(2);
        assertThat(engine.model().sha256()).isEqualTo(fp32);
        assertThat(engine.statistics().modelsTaken()).isEqualTo(2);
    }

    @Test
    void shouldServeTheOneThatCurrentNamesAndGoBackWhenItSaysSo() throws Exception {
        folder.put("v2", "int8");
        folder.choose("v1.onnx");
        looks(3);
        assertThat(engine.statistics().modelsTaken()).isZero();
        folder.choose("v2.onnx");
        looks(2);
        assertThat(engine.model().sha256()).isNotEqualTo(fp32);
        Files.delete(path.resolve("current"));
        Files.createSymbolicLink(path.resolve("current"), Path.of("v1.onnx"));
        looks(2);
        assertThat(engine.model().sha256()).isEqualTo(fp32);
    }

    @Test
    void shouldRefuseAModelThatIsNotSignedAndTakeItWhenItIs(@TempDir Path keys) throws Exception {
        Signers signers = Signers.in(keys, "ours", "Ed25519");
        rollout.close();
        rollout = new ModelRollout(
                engine,
                new ModelFolder(path),
                SETTINGS.withKeys(ModelKeys.read(List.of(signers.publicKey()))),
                new ModelFolder(path).chosen(),
                Map.of(),
                new BatchMemory(),
                refusals,
                Duration.ofDays(1));
        Path v2 = folder.put("v2", "int8");
        looks(3);
        assertThat(refusals.sum()).isEqualTo(1);
        assertThat(engine.model().sha256()).isEqualTo(fp32);

        signers.sign(v2);
        looks(2);
        assertThat(engine.statistics().modelsTaken()).isEqualTo(1);
        assertThat(engine.model().sha256()).isNotEqualTo(fp32);
    }

    /** A rule that silently never held would be worse than the old model. */
    @Test
    void shouldRefuseAModelThatDoesNotTellWhatIsAskedForAndTakeOneThatDoes() throws Exception {
        rollout.close();
        rollout = new ModelRollout(
                engine,
                new ModelFolder(path),
                SETTINGS.withNeeds(new ModelNeeds(true, 99)),
                new ModelFolder(path).chosen(),
                Map.of(),
                new BatchMemory(),
                refusals,
                Duration.ofDays(1));
        folder.put("v2", "int8");
        looks(3);
        assertThat(refusals.sum()).isEqualTo(1);
        assertThat(engine.model().sha256()).isEqualTo(fp32);

        folder.put("v3", "confident");
        looks(2);
        assertThat(engine.statistics().modelsTaken()).isEqualTo(1);
        assertThat(engine.model().contract().conformal()).isPresent();
    }

    @Test
    void shouldNotTakeAFileThatIsBeingWritten() throws Exception {
        byte[] whole = Files.readAllBytes(TinyFolder.original("int8"));
        Files.copy(GoldenFrames.beside(TinyFolder.original("int8")), GoldenFrames.beside(path.resolve("v2.onnx")));
        for (int part = 1; part < 20; part++) {
            Files.write(path.resolve("v2.onnx"), Arrays.copyOf(whole, whole.length * part / 20));
            looks(1);
        }
        assertThat(engine.statistics().modelsTaken() + refusals.sum()).isZero();
        Files.write(path.resolve("v2.onnx"), whole);
        looks(2);
        assertThat(engine.statistics().modelsTaken()).isEqualTo(1);
        assertThat(refusals.sum()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "truncated",
                "empty",
                "wrong golden frames",
                "broken golden frames",
                "no golden frames",
                "dynamic int8"
            })
    void shouldRefuseABadModelOnceKeepTheOldOneAndTakeItWhenItIsMended(String fault) throws Exception {
        Path model = folder.put("v2", "int8");
        spoil(model, fault);
        looks(5);
        assertThat(refusals.sum()).isEqualTo(1);
        assertThat(engine.model().sha256()).isEqualTo(fp32);
        assertThat(engine.statistics().modelsTaken()).isZero();

        folder.put("v2", "int8");
        looks(2);
        assertThat(engine.model().sha256()).isNotEqualTo(fp32);
        assertThat(refusals.sum()).isEqualTo(1);
    }

    private static void spoil(Path model, String fault) throws Exception {
        byte[] whole = Files.readAllBytes(model);
        switch (fault) {
            case "truncated" -> Files.write(model, Arrays.copyOf(whole, whole.length / 2));
            case "empty" -> Files.write(model, new byte[0]);
            case "dynamic int8" -> Files.write(model, TinyFolder.graphOf("DynamicQuantizeLinear"));
            case "no golden frames" -> Files.delete(GoldenFrames.beside(model));
            case "broken golden frames" -> Files.writeString(GoldenFrames.beside(model), "none");
            case "wrong golden frames" ->
                Files.copy(
                        GoldenFrames.beside(TinyFolder.original("fp32")),
                        GoldenFrames.beside(model),
                        StandardCopyOption.REPLACE_EXISTING);
            default -> throw new IllegalArgumentException(fault);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v7.onnx", "", "../elsewhere.onnx"})
    void shouldRefuseACurrentThatNamesNoModel(String says) throws Exception {
        folder.choose(says);
        looks(4);
        assertThat(refusals.sum()).isEqualTo(1);
        assertThat(engine.model().sha256()).isEqualTo(fp32);
    }

    @Test
    void shouldStayWithTheModelInForceWhenTheSameBytesAreWrittenAgain() throws Exception {
        folder.put("v1", "fp32");
        looks(3);
        assertThat(engine.statistics().modelsTaken() + refusals.sum()).isZero();
    }

    /** It lies beside the model that it explains, for the live page. */
    @Test
    void shouldTakeNoExplainFileForAModelNorForAChangeOfOne() throws Exception {
        List<String> before = new ModelFolder(path).chosen().stamps();
        Files.copy(TinyFolder.original("explain"), path.resolve("v1-explain.onnx"));
        Files.copy(TinyFolder.original("explain"), path.resolve("v9-explain.onnx"));
        looks(3);
        assertThat(engine.statistics().modelsTaken() + refusals.sum()).isZero();
        assertThat(engine.model().sha256()).isEqualTo(fp32);
        assertThat(new ModelFolder(path).chosen().stamps()).isEqualTo(before);
    }

    @Test
    void shouldStartWithTheLastGoodModelSoThatARestartDoesNotFallForABadOne() throws Exception {
        Files.writeString(path.resolve("v3.onnx"), "not a model");
        try (LookAheadEngine restarted = LookAheadEngine.follow(path, SETTINGS, Duration.ofDays(1))) {
            assertThat(restarted.model().sha256()).isEqualTo(fp32);
            assertThat(restarted.statistics().modelsRefused()).isEqualTo(1);
        }
    }

    @Test
    void shouldNotStartWithAnotherModelThanCurrentNames() throws Exception {
        Files.writeString(path.resolve("v3.onnx"), "not a model");
        folder.choose("v3.onnx");
        assertThatThrownBy(() -> LookAheadEngine.openFolder(path, SETTINGS).close())
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("v3.onnx");
    }

    @Test
    void shouldSayWhatIsMissingWhenThereIsNoModelAtAll() {
        assertThatThrownBy(() -> LookAheadEngine.openFolder(path.resolve("none"), SETTINGS)
                        .close())
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("there is no folder");
    }

    private void looks(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            rollout.look();
        }
    }
}
