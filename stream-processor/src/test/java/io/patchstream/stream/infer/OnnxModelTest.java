package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.stream.frame.Confidence;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {
    @TempDir
    private Path folder;

    @Test
    void shouldServeAModelThatKeepsItsContract() throws Exception {
        try (OnnxModel model = OnnxModel.open(TinyModel.path("fp32"), TinyModel.settings())) {
            assertThat(model.served().contract().name()).isEqualTo("tiny");
            assertThat(model.served().sha256())
                    .isEqualTo(ModelFile.examine(TinyModel.path("fp32")).sha256());
            assertThat(model.served().engine()).contains("onnxruntime=1.29", "device=cpu", "optimisation=ALL_OPT");
        }
    }

    /** The golden frames are of the exporter, in whose own arithmetic a half precision model is on a processor. */
    @Test
    void shouldServeHalfPrecision() throws Exception {
        try (OnnxModel model = OnnxModel.open(TinyModel.path("fp16"), TinyModel.settings())) {
            assertThat(model.served().contract().precision()).isEqualTo(ModelContract.Precision.FP16);
        }
    }

    @Test
    void shouldServeWeightsThatLieBesideTheFileAndNameThemInTheHash() throws Exception {
        Path from = TinyModel.path("external");
        Path model = Files.copy(from, folder.resolve("tiny-external.onnx"));
        Path weights =
                Files.copy(from.resolveSibling("tiny-external.onnx.data"), folder.resolve("tiny-external.onnx.data"));
        Files.copy(GoldenFrames.beside(from), GoldenFrames.beside(model));
        open(model, TinyModel.settings());
        String sha256 = ModelFile.examine(model).sha256();

        byte[] changed = Files.readAllBytes(weights);
        Arrays.fill(changed, 0, 4096, (byte) 0);
        Files.write(weights, changed);

        assertThat(ModelFile.examine(model).sha256()).isNotEqualTo(sha256);
        assertThatThrownBy(() -> open(model, TinyModel.settings()))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("logit");
        Files.delete(weights);
        assertThatThrownBy(() -> open(model, TinyModel.settings()))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("keeps weights in tiny-external.onnx.data, which is not beside it");
    }

    @Test
    void shouldRefuseAModelWhoseGoldenFramesDisagree() throws Exception {
        Path model = TinyModel.copyTo(folder);
        GoldenFrames golden = GoldenFrames.read(GoldenFrames.beside(model));
        write(model, golden, pixels(golden), 10 * golden.tolerance());
        assertThatThrownBy(() -> open(model, TinyModel.settings()))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("logit 0");
    }

    @Test
    void shouldAcceptADifferenceWithinTheTolerance() throws Exception {
        Path model = TinyModel.copyTo(folder);
        GoldenFrames golden = GoldenFrames.read(GoldenFrames.beside(model));
        write(model, golden, pixels(golden), golden.tolerance() / 4);
        open(model, TinyModel.settings());
    }

    @Test
    void shouldRefuseGoldenFramesOfAnotherModel() throws Exception {
        Path model = TinyModel.copyTo(folder);
        new GoldenFrames(1, 2, 2, new byte[12], new float[10], 1).write(GoldenFrames.beside(model));
        assertThatThrownBy(() -> open(model, TinyModel.settings())).hasMessageContaining("another model's");
    }

    @Test
    void shouldRefuseAModelWithoutGoldenFramesUnlessAllowed() throws Exception {
        Path model = TinyModel.copyTo(folder);
        Files.delete(GoldenFrames.beside(model));
        assertThatThrownBy(() -> open(model, TinyModel.settings()))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("golden frames");
        open(model, new SessionSettings(Provider.CPU, 1, false, 5, DecodeScale.FULL));
    }

    @Test
    void shouldRefuseAGraphThatIsNotAsTheContractSays() throws Exception {
        Path model = TinyModel.copyTo(folder);
        TinyModel.change(model, "embedding_size\u0012\u000232", "embedding_size\u0012\u000233");
        assertThatThrownBy(() -> open(model, TinyModel.settings()))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("embedding")
                .hasMessageContaining("33");
    }

    @Test
    void shouldTellHowFarAnAnswerCanBeBelieved() throws Exception {
        GoldenFrames golden = GoldenFrames.read(GoldenFrames.beside(TinyModel.path("confident")));
        SessionSettings allLabels = new SessionSettings(Provider.CPU, 1, true, 10, DecodeScale.FULL);
        try (OnnxModel model = OnnxModel.open(TinyModel.path("confident"), allLabels);
                BatchRunner runner = model.newRunner(1)) {
            ModelContract contract = model.served().contract();
            for (int i = 0; i < golden.count(); i++) {
                Prediction prediction = predictions(runner, List.of(ByteBuffer.wrap(golden.pixels(i))))
                        .get(0);
                Confidence confidence = prediction.confidence();
                double threshold = contract.conformal().orElseThrow().threshold();
                assertThat(confidence.setSize()).hasValue((int) prediction.topK().stream()
                        .filter(score -> score.probability() >= threshold)
                        .count());
                Confidence.Distance distance = confidence.distance().orElseThrow();
                assertThat(distance.squared()).isCloseTo(golden.distance(i), within(golden.distanceTolerance()));
                assertThat(distance.beyond())
                        .isEqualTo(contract.distances().orElseThrow().beyond(distance.squared()));
            }
        }
    }

    @Test
    void shouldRefuseAModelWhoseGoldenFramesHaveOtherDistancesOrNone() throws Exception {
        Path from = TinyModel.path("confident");
        Path model = Files.copy(from, folder.resolve("model.onnx"));
        GoldenFrames golden = GoldenFrames.read(GoldenFrames.beside(from));
        float[] logits = logits(golden, 0);
        float[] distances = new float[golden.count()];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = golden.distance(i) + (i == 2 ? 2 * golden.distanceTolerance() : 0);
        }
        new GoldenFrames(
                        golden.count(),
                        golden.height(),
                        golden.width(),
                        pixels(golden),
                        logits,
                        golden.tolerance(),
                        distances,
                        golden.distanceTolerance())
                .write(GoldenFrames.beside(model));
        assertThatThrownBy(() -> open(model, TinyModel.settings()))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("golden frame 2")
                .hasMessageContaining("the distance is");

        write(model, golden, pixels(golden), 0);
        assertThatThrownBy(() -> open(model, TinyModel.settings()))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("logits, without distances; the model takes")
                .hasMessageContaining("another model's");
    }

    @Test
    void shouldRefuseAContractOfDistancesThatTheGraphDoesNotGive() throws Exception {
        Path model = Files.copy(TinyModel.path("confident"), folder.resolve("model.onnx"));
        TinyModel.change(model, "\n\bdistance", "\n\bdistanza");
        TinyModel.change(model, "\u0012\bdistance", "\u0012\bdistanza");
        assertThatThrownBy(() -> open(model, new SessionSettings(Provider.CPU, 1, false, 5, DecodeScale.FULL)))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("it has no distance");
    }

    @Test
    void shouldRefuseAModelThatDoesNotTellWhatSettingsAskFor() throws Exception {
        assertThatThrownBy(() -> open(TinyModel.path("fp32"), asking(true, 0)))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("promises no conformal sets, which uncertain.set asks for");
        assertThatThrownBy(() -> open(TinyModel.path("fp32"), asking(false, 99)))
                .hasMessageContaining("has no distances, and uncertain.distance is 99.0");
        assertThatThrownBy(() -> open(TinyModel.path("confident"), asking(true, 97)))
                .hasMessageContaining("limits of distance for 95.0, 99.0 % of known pictures only");
        open(TinyModel.path("confident"), asking(true, 99));
    }

    private static SessionSettings asking(boolean sets, double percent) {
        return new SessionSettings(
                Provider.CPU,
                1,
                true,
                5,
                DecodeScale.FULL,
                Accelerator.NONE,
                ModelKeys.NONE,
                new ModelNeeds(sets, percent));
    }

    @Test
    void shouldRefuseAModelWithoutContract() throws Exception {
        Path model = TinyModel.copyTo(folder);
        TinyModel.change(model, "patchstream.contract", "patchstream.conTract");
        assertThatThrownBy(() -> open(model, TinyModel.settings()))
                .hasMessageContaining("carries no Patchstream contract");
    }

    @Test
    void shouldSayWhyThereIsNoCudaWhenItIsAskedFor() {
        assumeTrue(Cuda.missing().isPresent(), "this machine has CUDA");
        assertThatThrownBy(() ->
                        open(TinyModel.path("fp32"), new SessionSettings(Provider.CUDA, 1, true, 5, DecodeScale.FULL)))
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("CUDA");
    }

    @Test
    void shouldFallBackToTheCpuWhenNoDeviceIsAskedFor() throws Exception {
        assumeTrue(Cuda.missing().isPresent(), "this machine has CUDA");
        try (OnnxModel model = OnnxModel.open(
                TinyModel.path("fp32"), new SessionSettings(Provider.AUTO, 1, true, 5, DecodeScale.FULL))) {
            assertThat(model.onGpu()).isFalse();
        }
    }

    @Test
    void shouldBeLoadedAgainOnceWhenTheDeviceFails() throws Exception {
        try (OnnxModel model = OnnxModel.open(TinyModel.path("fp32"), TinyModel.settings());
                BatchRunner runner = model.newRunner(2)) {
            List<String> before = bits(runner, random(2, 1));
            assertThat(model.recover(0)).isTrue();
            assertThat(model.generation()).isEqualTo(1);
            assertThat(bits(runner, random(2, 1))).isEqualTo(before);
            assertThat(model.recover(0)).as("a failure that was dealt with").isTrue();
            assertThat(model.recover(1)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fp32", "int8", "confident"})
    void shouldGiveTheSameBitsWhateverTheBatchAndTheThreads(String precision) throws Exception {
        List<ByteBuffer> pictures = random(48, 42);
        List<String> alone;
        try (OnnxModel model = OnnxModel.open(TinyModel.path(precision), TinyModel.settings());
                BatchRunner runner = model.newRunner(1)) {
            alone = new ArrayList<>();
            for (ByteBuffer picture : pictures) {
                alone.addAll(bits(runner, List.of(picture)));
            }
        }
        ExecutorService callers = Executors.newFixedThreadPool(3);
        try {
            for (int intraOp : new int[] {1, 2, 3}) {
                SessionSettings settings = new SessionSettings(Provider.CPU, intraOp, true, 5, DecodeScale.FULL);
                try (OnnxModel model = OnnxModel.open(TinyModel.path(precision), settings)) {
                    List<Future<List<String>>> runs = new ArrayList<>();
                    for (int caller = 0; caller < 3; caller++) {
                        Random splits = new Random(caller + 10L * intraOp);
                        runs.add(callers.submit(() -> inRandomBatches(model, pictures, splits)));
                    }
                    for (Future<List<String>> run : runs) {
                        assertThat(run.get()).isEqualTo(alone);
                    }
                }
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void shouldTakeNoMoreMemoryAfterThousandsOfBatches() throws Exception {
        Path statm = Path.of("/proc/self/statm");
        assumeTrue(Files.exists(statm), "physical memory is read from Linux's /proc");
        List<ByteBuffer> pictures = random(8, 3);
        try (OnnxModel model = OnnxModel.open(TinyModel.path("fp32"), TinyModel.settings());
                BatchRunner runner = model.newRunner(8)) {
            soak(runner, pictures, 1000);
            fillTheYoungGeneration();
            long before = residentPages(statm);
            soak(runner, pictures, 4000);
            long grownBytes = (residentPages(statm) - before) * 4096;
            // A tensor or result that is not closed would be 4000 times a few hundred bytes of native memory and more.
            assertThat(grownBytes).isLessThan(12L << 20);
        }
    }

    /** The heap's own growth is over then: what comes after is native. */
    private static void fillTheYoungGeneration() {
        int kept = 0;
        for (int i = 0; i < 1000; i++) {
            kept += new byte[1 << 20].length;
        }
        assertThat(kept).isPositive();
    }

    private static void soak(BatchRunner runner, List<ByteBuffer> pictures, int batches) throws Exception {
        for (int i = 0; i < batches; i++) {
            runner.run(pictures.subList(0, 1 + i % pictures.size()));
        }
        System.gc();
    }

    private static long residentPages(Path statm) throws Exception {
        return Long.parseLong(Files.readString(statm).split(" ")[1]);
    }

    private static List<String> inRandomBatches(OnnxModel model, List<ByteBuffer> pictures, Random random)
            throws Exception {
        List<String> bits = new ArrayList<>();
        try (BatchRunner runner = model.newRunner(16)) {
            for (int from = 0; from < pictures.size(); ) {
                int to = Math.min(pictures.size(), from + 1 + random.nextInt(16));
                bits.addAll(bits(runner, pictures.subList(from, to)));
                from = to;
            }
        }
        return bits;
    }

    private static List<Prediction> predictions(BatchRunner runner, List<ByteBuffer> pictures) throws Exception {
        List<Prediction> predictions = new ArrayList<>();
        for (PictureAnswer answer : runner.run(pictures)) {
            answer.accept(predictions::add, refused -> {
                throw new AssertionError(refused.message());
            });
        }
        return predictions;
    }

    /** Each answer written out to the last bit. */
    private static List<String> bits(BatchRunner runner, List<ByteBuffer> pictures) throws Exception {
        List<String> bits = new ArrayList<>();
        for (PictureAnswer answer : runner.run(pictures)) {
            answer.accept(prediction -> bits.add(bits(prediction)), refused -> bits.add(refused.message()));
        }
        return bits;
    }

    private static String bits(Prediction prediction) {
        int[] embedding = IntStream.range(0, prediction.dim())
                .map(i -> Float.floatToRawIntBits(prediction.embedding(i)))
                .toArray();
        return prediction.topK() + " " + Arrays.toString(embedding) + " "
                + prediction.confidence().setSize()
                + prediction
                        .confidence()
                        .distance()
                        .map(distance -> Float.floatToRawIntBits(distance.squared()) + " beyond " + distance.beyond());
    }

    private static List<ByteBuffer> random(int count, long seed) {
        Random random = new Random(seed);
        List<ByteBuffer> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[32 * 32 * 3];
            random.nextBytes(bytes);
            pictures.add(ByteBuffer.wrap(bytes));
        }
        return pictures;
    }

    private static byte[] pixels(GoldenFrames golden) {
        ByteBuffer all = ByteBuffer.allocate(golden.count() * golden.height() * golden.width() * 3);
        IntStream.range(0, golden.count()).forEach(i -> all.put(golden.pixels(i)));
        return all.array();
    }

    /** The same frames, with every logit off by so much. */
    private static void write(Path model, GoldenFrames golden, byte[] pixels, float off) throws Exception {
        float[] logits = logits(golden, off);
        new GoldenFrames(golden.count(), golden.height(), golden.width(), pixels, logits, golden.tolerance())
                .write(GoldenFrames.beside(model));
    }

    private static float[] logits(GoldenFrames golden, float off) {
        float[] logits = new float[golden.count() * golden.classes()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = golden.logits(i / golden.classes())[i % golden.classes()] + off;
        }
        return logits;
    }

    private static void open(Path path, SessionSettings settings) throws Exception {
        try (OnnxModel model = OnnxModel.open(path, settings)) {
            assertThat(model.served()).isNotNull();
        }
    }
}
