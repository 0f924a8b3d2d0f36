package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.vision.DecodeScale;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where an NVIDIA GPU is, and the build is {@code -Pgpu}: the same models there and on the CPU. */
class OnnxModelGpuIT {
    private static final double NEAR = 1e-3;

    @BeforeEach
    void shouldHaveAGpu() {
        assumeTrue(
                Cuda.missing().isEmpty(),
                () -> "needs an NVIDIA GPU and -Pgpu: " + Cuda.missing().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({"CUDA,fp32", "CUDA,fp16", "TENSORRT,fp32"})
    void shouldAnswerItsGoldenFramesAndComeNearTheCpu(Provider provider, String precision) throws Exception {
        assumeInstalled(provider);
        List<ByteBuffer> pictures = TinyModel.pictures(33);
        try (OnnxModel gpu = OnnxModel.open(TinyModel.path(precision), settings(provider));
                OnnxModel cpu = OnnxModel.open(TinyModel.path(precision), TinyModel.settings())) {
            assertThat(gpu.onGpu()).isTrue();
            assertThat(gpu.served().engine()).contains(provider.name().toLowerCase(Locale.ROOT));
            List<float[]> there = embeddings(gpu, pictures);
            List<float[]> here = embeddings(cpu, pictures);
            for (int i = 0; i < pictures.size(); i++) {
                double dot = 0;
                for (int d = 0; d < here.get(i).length; d++) {
                    dot += (double) here.get(i)[d] * there.get(i)[d];
                }
                assertThat(1 - dot).isLessThan(NEAR);
            }
        }
    }

    /** Whatever lies beside it, wherever it lies and however many came together. */
    @ParameterizedTest
    @CsvSource({"fp32,1", "fp32,7", "fp32,32", "fp16,7", "fp16,32"})
    void shouldGiveAPictureTheSameBitsInAllRunsOfOneSize(String precision, int size) throws Exception {
        List<ByteBuffer> pictures = TinyModel.pictures(128);
        try (OnnxModel gpu = OnnxModel.open(TinyModel.path(precision), inRunsOf(size))) {
            List<float[]> once = inBatchesOf(1, gpu, pictures);
            for (int batch : new int[] {2, 3, 16, 64}) {
                List<Integer> order = new ArrayList<>(
                        IntStream.range(0, pictures.size()).boxed().toList());
                Collections.shuffle(order, new Random(batch));
                List<float[]> again = inBatchesOf(
                        batch, gpu, order.stream().map(pictures::get).toList());
                for (int i = 0; i < again.size(); i++) {
                    assertThat(again.get(i)).isEqualTo(once.get(order.get(i)));
                }
            }
        }
    }

    /** Two infer threads, as in the engine: neither must disturb the other's memory. */
    @ParameterizedTest
    @ValueSource(strings = {"fp32", "fp16"})
    void shouldGiveTheSameBitsToCallersSideBySide(String precision) throws Exception {
        List<ByteBuffer> pictures = TinyModel.pictures(64);
        ExecutorService callers = Executors.newFixedThreadPool(2);
        try (OnnxModel gpu = OnnxModel.open(TinyModel.path(precision), settings(Provider.CUDA))) {
            List<float[]> alone = inBatchesOf(16, gpu, pictures);
            List<Future<List<float[]>>> together = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                together.add(callers.submit(() -> inBatchesOf(16, gpu, pictures)));
            }
            for (Future<List<float[]>> answers : together) {
                assertThat(answers.get()).usingRecursiveComparison().isEqualTo(alone);
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            callers.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CUDA", "TENSORRT"})
    void shouldGoOverToTheCpuWhenTheGpuFailsTwice(Provider provider) throws Exception {
        assumeInstalled(provider);
        try (OnnxModel model = OnnxModel.open(TinyModel.path("fp32"), settings(provider))) {
            assertThat(model.recover(0)).isTrue();
            assertThat(model.onGpu()).isTrue();
            assertThat(model.recover(1)).isTrue();
            assertThat(model.onGpu()).isFalse();
            assertThat(model.recover(2)).isFalse();
        }
    }

    /** NVIDIA's libraries are the machine's; TensorRT is one that many have not. */
    private static void assumeInstalled(Provider provider) throws Exception {
        if (provider == Provider.TENSORRT) {
            Process process = new ProcessBuilder("sh", "-c", "ldconfig -p | grep -q libnvinfer.so.10").start();
            assumeTrue(process.waitFor() == 0, "needs TensorRT 10");
        }
    }

    private static SessionSettings inRunsOf(int pictures) {
        return new SessionSettings(
                Provider.CUDA,
                1,
                true,
                5,
                DecodeScale.FULL,
                Accelerator.NONE.withGpuBatch(pictures),
                ModelKeys.NONE,
                ModelNeeds.NONE);
    }

    private static SessionSettings settings(Provider provider) {
        return new SessionSettings(provider, 1, true, 5, DecodeScale.FULL);
    }

    /** The embeddings of all whole batches. */
    private static List<float[]> inBatchesOf(int size, OnnxModel model, List<ByteBuffer> pictures) throws Exception {
        List<float[]> embeddings = new ArrayList<>();
        for (int i = 0; i + size <= pictures.size(); i += size) {
            embeddings.addAll(embeddings(model, pictures.subList(i, i + size)));
        }
        return embeddings;
    }

    private static List<float[]> embeddings(OnnxModel model, List<ByteBuffer> pictures) throws Exception {
        try (BatchRunner runner = model.newRunner(pictures.size(), new BatchMemory())) {
            return TinyModel.embeddings(runner.run(pictures));
        }
    }
}
