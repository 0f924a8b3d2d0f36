package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.BatchMemory.Part;
import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.model.GoldenFrames;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs of one size, as on a GPU, on a CPU that is taken for one. */
class FilledRunTest {
    private static final int BYTES = 32 * 32 * 3;
    private static final Placement LIKE_A_GPU = new Placement() {
        @Override
        public String name() {
            return "pretended";
        }

        @Override
        public boolean gpu() {
            return true;
        }

        @Override
        public void addTo(OrtEnvironment environment, SessionOptions options) {
            // ONNX Runtime's own device.
        }
    };

    private final BatchMemory memory = new BatchMemory();
    private final List<ByteBuffer> pictures = TinyModel.pictures(11);

    @Test
    void shouldAnswerEachOfAnyNumberOfPicturesInRunsOfOneSize() throws Exception {
        try (OnnxModel model = open(4);
                OnnxModel cpu = OnnxModel.open(TinyModel.path("fp32"), TinyModel.settings());
                BatchRunner runner = model.newRunner(11, memory);
                BatchRunner asTheyCome = cpu.newRunner(11)) {
            for (int count = 1; count <= pictures.size(); count++) {
                List<PictureAnswer> answers = runner.run(pictures.subList(0, count));
                assertThat(TinyModel.embeddings(answers))
                        .usingRecursiveComparison()
                        .isEqualTo(TinyModel.embeddings(asTheyCome.run(pictures.subList(0, count))));
            }
        }
    }

    @Test
    void shouldFillUpOnePictureToo() throws Exception {
        try (OnnxModel model = open(4);
                BatchRunner runner = model.newRunner(1, memory)) {
            runner.run(pictures.subList(0, 1));
            assertThat(fourthRow(model))
                    .as("an embedding of a row that was nobody's")
                    .isNotZero();
        }
    }

    @Test
    void shouldNotReadAPictureInPlaceThatHasToBeFilledUp() throws Exception {
        try (OnnxModel model = open(4);
                BatchRunner runner = model.newRunner(1, memory)) {
            runner.run(pictures.subList(0, 1));
            assertThat(memory.atLeast(Part.PIXELS, BYTES).slice(0, BYTES)).isEqualTo(pictures.get(0));
        }
    }

    @Test
    void shouldNameTheSizeInTheEngine() throws Exception {
        try (OnnxModel four = open(4);
                OnnxModel asTheyCome = open(0)) {
            assertThat(four.served().engine()).endsWith(";batch=4").contains("device=pretended;");
            assertThat(asTheyCome.served().engine()).doesNotContain("batch=");
        }
    }

    @Test
    void shouldGoOnWithHalfWhereMemoryIsShortAndSaySo() throws Exception {
        try (OnnxModel model = open(8);
                BatchRunner runner = model.newRunner(8, memory)) {
            model.halve(8);
            model.halve(8);
            assertThat(model.run()).isEqualTo(4);
            List<PictureAnswer> answers = runner.run(pictures.subList(0, 7));
            assertThat(TinyModel.embeddings(answers)).hasSize(7);
            answers.get(6)
                    .accept(
                            prediction ->
                                    assertThat(prediction.model().engine()).endsWith(";batch=4"),
                            refused -> {
                                throw new AssertionError(refused.toString());
                            });
            assertThat(model.recover(0)).isTrue();
            assertThat(model.run()).as("what there was no memory for").isEqualTo(4);
        }
    }

    @Test
    void shouldTryMoreAgainAfterManyGoodRuns() throws Exception {
        try (OnnxModel model = open(8);
                BatchRunner runner = model.newRunner(1, memory)) {
            model.halve(8);
            model.halve(4);
            int runs = 0;
            while (model.run() < 8 && runs < 600) {
                runner.run(pictures.subList(0, 1));
                runs++;
            }
            assertThat(runs).isEqualTo(512);
            assertThat(model.served().engine()).endsWith(";batch=8");
        }
    }

    @Test
    void shouldFillNothingUpOnTheCpuThatItGoesOverTo() throws Exception {
        try (OnnxModel model = open(8)) {
            assertThat(model.recover(0)).isTrue();
            assertThat(model.run()).isEqualTo(8);
            assertThat(model.recover(1)).isTrue();
            assertThat(model.run()).isZero();
            assertThat(model.served().engine()).contains("device=cpu;").doesNotContain("batch=");
        }
    }

    @Test
    void shouldCheckGoldenFramesInRunsThatDoNotDivideThem() throws Exception {
        int frames =
                GoldenFrames.read(GoldenFrames.beside(TinyModel.path("fp32"))).count();
        for (int size : new int[] {frames - 1, frames + 1}) {
            try (OnnxModel model = open(size)) {
                assertThat(model.run()).isEqualTo(size);
            }
        }
    }

    @MustBeClosed
    private static OnnxModel open(int gpuBatch) throws Exception {
        SessionSettings settings = new SessionSettings(
                Provider.CUDA,
                1,
                true,
                5,
                DecodeScale.FULL,
                Accelerator.NONE.withGpuBatch(gpuBatch),
                ModelKeys.NONE,
                ModelNeeds.NONE);
        return OnnxModel.open(TinyModel.path("fp32"), settings, FilledRunTest::session);
    }

    @MustBeClosed
    private static OnnxSession session(ModelFile file, SessionSettings how) {
        return OnnxSession.load(file, how, how.provider() == Provider.CPU ? Placement.CPU : LIKE_A_GPU);
    }

    private float fourthRow(OnnxModel model) {
        int dim = model.served().contract().embeddingSize();
        FloatBuffer embedding = memory.atLeast(Part.EMBEDDING, 4 * dim * Float.BYTES)
                .order(java.nio.ByteOrder.nativeOrder())
                .asFloatBuffer();
        return embedding.get(3 * dim);
    }
}
