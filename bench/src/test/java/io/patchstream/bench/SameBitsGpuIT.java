package io.patchstream.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.stream.infer.Cuda;
import io.patchstream.stream.infer.OnnxModel;
import io.patchstream.stream.infer.Provider;
import io.patchstream.stream.infer.SessionSettings;
import io.patchstream.vision.DecodeScale;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where an NVIDIA GPU is, and the build is {@code -Pgpu}: a model as large as those that are served gives a picture the
 * same bits, whatever lies beside it, in how large a batch, in which session, and whatever else the GPU does meanwhile.
 * Kernels that large models have show what small ones do not: of float16 and ONNX Runtime's own choice of an attention
 * kernel, this test failed.
 */
class SameBitsGpuIT {
    private static final int PICTURES = 128;
    private static final int SESSIONS = 2;
    private static final int CALLERS = 3;
    private static final int ROUNDS = 8;

    @TempDir
    private Path folder;

    @BeforeEach
    void shouldHaveAGpu() {
        assumeTrue(
                Cuda.missing().isEmpty(),
                () -> "needs an NVIDIA GPU and -Pgpu: " + Cuda.missing().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fp32", "fp16"})
    void shouldGiveAPictureTheSameBitsInEveryBatchAndSession(String precision) throws Exception {
        Path model = folder.resolve("model.onnx");
        BenchModels.export("ViT-S/16", precision, 224, model, new PrintWriter(System.out, true));
        List<ByteBuffer> pictures = new ArrayList<>();
        float[][] expected = new float[PICTURES][];
        for (int session = 0; session < SESSIONS; session++) {
            try (OnnxModel gpu =
                    OnnxModel.open(model, new SessionSettings(Provider.CUDA, 1, true, 5, DecodeScale.FULL))) {
                if (pictures.isEmpty()) {
                    pictures.addAll(
                            random(gpu.served().contract().preprocessing().byteSize()));
                }
                List<Callable<Integer>> callers = new ArrayList<>();
                for (int caller = 0; caller < CALLERS; caller++) {
                    int seed = session * CALLERS + caller;
                    callers.add(() -> differing(gpu, pictures, expected, new Random(seed)));
                }
                ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
                try {
                    for (Future<Integer> differing : threads.invokeAll(callers)) {
                        assertThat(differing.get()).isZero();
                    }
                } finally {
                    threads.shutdownNow();
                }
            }
        }
    }

    /** How many answers differ from the first that anyone got for that picture. */
    private static int differing(OnnxModel gpu, List<ByteBuffer> pictures, float[][] expected, Random random)
            throws Exception {
        int differing = 0;
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < PICTURES; i++) {
            order.add(i);
        }
        try (BatchRunner runner = gpu.newRunner(64)) {
            for (int round = 0; round < ROUNDS; round++) {
                Collections.shuffle(order, random);
                int done = 0;
                while (done < PICTURES) {
                    List<Integer> batch = order.subList(done, Math.min(PICTURES, done + 1 + random.nextInt(64)));
                    List<PictureAnswer> answers =
                            runner.run(batch.stream().map(pictures::get).toList());
                    for (int i = 0; i < batch.size(); i++) {
                        differing += isFirstOrSame(expected, batch.get(i), embedding(answers.get(i))) ? 0 : 1;
                    }
                    done += batch.size();
                }
            }
        }
        return differing;
    }

    private static boolean isFirstOrSame(float[][] expected, int picture, float[] embedding) {
        synchronized (expected) {
            if (expected[picture] == null) {
                expected[picture] = embedding;
            }
            return Arrays.equals(expected[picture], embedding);
        }
    }

    private static float[] embedding(PictureAnswer answer) {
        List<float[]> one = new ArrayList<>();
        answer.accept(
                prediction -> {
                    float[] values = new float[prediction.dim()];
                    for (int d = 0; d < values.length; d++) {
                        values[d] = prediction.embedding(d);
                    }
                    one.add(values);
                },
                refused -> {
                    throw new AssertionError(refused.toString());
                });
        return one.get(0);
    }

    private static List<ByteBuffer> random(int bytes) {
        Random random = new Random(3);
        List<ByteBuffer> pictures = new ArrayList<>();
        for (int i = 0; i < PICTURES; i++) {
            byte[] pixels = new byte[bytes];
            random.nextBytes(pixels);
            pictures.add(ByteBuffer.allocateDirect(bytes).put(pixels).flip());
        }
        return pictures;
    }
}
