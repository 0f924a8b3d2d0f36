package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.model.ContractException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TensorRtPlacementTest {
    @Test
    void shouldBuildOneEngineForAllBatchesThatWillCome() throws Exception {
        try (OnnxModel model = OnnxModel.open(TinyModel.path("fp32"), TinyModel.settings())) {
            Map<String, String> options = new TensorRtPlacement(
                            model.served().contract().preprocessing(),
                            Accelerator.NONE.withMaxBatch(32).withGpuBatch(0))
                    .options(Path.of("/cache"));
            assertThat(options)
                    .containsEntry("trt_profile_min_shapes", "pixels:1x32x32x3")
                    .containsEntry("trt_profile_opt_shapes", "pixels:16x32x32x3")
                    .containsEntry("trt_profile_max_shapes", "pixels:32x32x32x3")
                    .containsEntry("trt_engine_cache_path", "/cache")
                    .containsEntry("trt_fp16_enable", "0");
        }
    }

    @Test
    void shouldBuildItForTheOneSizeThatAllRunsHave() throws Exception {
        try (OnnxModel model = OnnxModel.open(TinyModel.path("fp32"), TinyModel.settings())) {
            Map<String, String> options = new TensorRtPlacement(
                            model.served().contract().preprocessing(), Accelerator.NONE.withMaxBatch(8))
                    .options(Path.of("/cache"));
            assertThat(options)
                    .containsEntry("trt_profile_min_shapes", "pixels:32x32x32x3")
                    .containsEntry("trt_profile_opt_shapes", "pixels:32x32x32x3")
                    .containsEntry("trt_profile_max_shapes", "pixels:32x32x32x3");
        }
    }

    @Test
    void shouldSayWhyThereIsNoTensorRtWhenItIsAskedFor() {
        assumeTrue(Cuda.missing().isPresent(), "this machine has CUDA");
        SessionSettings settings = new SessionSettings(Provider.TENSORRT, 1, true, 5, DecodeScale.FULL);
        assertThatThrownBy(
                        () -> OnnxModel.open(TinyModel.path("fp32"), settings).close())
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("TensorRT")
                .hasMessageContaining(Cuda.missing().orElseThrow());
    }
}
