package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.vision.DecodeScale;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where an NVIDIA GPU is, and the build is {@code -Pgpu}: the same model there and on the CPU. */
class OnnxModelGpuIT {
    private static final double NEAR = 1e-3;

    @BeforeEach
    void shouldHaveAGpu() {
        assumeTrue(
                Cuda.missing().isEmpty(),
                () -> "needs an NVIDIA GPU and -Pgpu: " + Cuda.missing().orElseThrow());
    }

    @ParameterizedTest
    @EnumSource(names = {"CUDA", "TENSORRT"})
    void shouldAnswerItsGoldenFramesAndComeNearTheCpu(Provider provider) throws Exception {
        List<ByteBuffer> pictures = random(33);
        try (OnnxModel gpu = OnnxModel.open(TinyModel.path("fp32"), settings(provider));
                OnnxModel cpu = OnnxModel.open(TinyModel.path("fp32"), TinyModel.settings())) {
            assertThat(gpu.onGpu()).isTrue();
            assertThat(gpu.served().engine()).contains(provider.name().toLowerCase(java.util.Locale.ROOT));
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

    @ParameterizedTest
    @EnumSource(names = {"CUDA", "TENSORRT"})
    void shouldGoOverToTheCpuWhenTheGpuFailsTwice(Provider provider) throws Exception {
        try (OnnxModel model = OnnxModel.open(TinyModel.path("fp32"), settings(provider))) {
            assertThat(model.recover(0)).isTrue();
            assertThat(model.onGpu()).isTrue();
            assertThat(model.recover(1)).isTrue();
            assertThat(model.onGpu()).isFalse();
            assertThat(model.recover(2)).isFalse();
        }
    }

    private static SessionSettings settings(Provider provider) {
        return new SessionSettings(provider, 1, true, 5, DecodeScale.FULL);
    }

    private static List<float[]> embeddings(OnnxModel model, List<ByteBuffer> pictures) throws Exception {
        List<float[]> embeddings = new ArrayList<>();
        try (BatchRunner runner = model.newRunner(pictures.size(), new BatchMemory())) {
            for (PictureAnswer answer : runner.run(pictures)) {
                answer.accept(
                        prediction -> {
                            float[] values = new float[prediction.dim()];
                            for (int d = 0; d < values.length; d++) {
                                values[d] = prediction.embedding(d);
                            }
                            embeddings.add(values);
                        },
                        refused -> {
                            throw new AssertionError(refused.toString());
                        });
            }
        }
        return embeddings;
    }

    private static List<ByteBuffer> random(int count) {
        Random random = new Random(3);
        List<ByteBuffer> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] pixels = new byte[32 * 32 * 3];
            random.nextBytes(pixels);
            pictures.add(ByteBuffer.allocateDirect(pixels.length).put(pixels).flip());
        }
        return pictures;
    }
}
