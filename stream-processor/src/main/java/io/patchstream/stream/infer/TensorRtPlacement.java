package io.patchstream.stream.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The first NVIDIA GPU, by TensorRT, and by CUDA for what TensorRT does not take. It builds an engine for the model, the GPU
 * and the batches that will come, which takes minutes, and keeps it in {@code patchstream-tensorrt} of the temporary
 * folder for the next start.
 */
final class TensorRtPlacement implements Placement {
    private final Preprocessing input;
    private final Accelerator accelerator;

    TensorRtPlacement(Preprocessing input, Accelerator accelerator) {
        this.input = input;
        this.accelerator = accelerator;
    }

    @Override
    public String name() {
        return "tensorrt-" + (accelerator.fp16() ? "fp16" : "fp32") + ":" + Cuda.describe();
    }

    @Override
    public boolean gpu() {
        return true;
    }

    @Override
    public void addTo(OrtEnvironment environment, SessionOptions options) throws OrtException {
        try (OrtTensorRTProviderOptions provider = new OrtTensorRTProviderOptions(0)) {
            for (Map.Entry<String, String> option : options(cache()).entrySet()) {
                provider.add(option.getKey(), option.getValue());
            }
            options.addTensorrt(provider);
        }
        new CudaPlacement().addTo(environment, options);
    }

    /** One engine for all runs: without the bounds it would be built anew for each that is larger than any before. */
    Map<String, String> options(Path cache) {
        Map<String, String> options = new TreeMap<>();
        options.put("trt_fp16_enable", accelerator.fp16() ? "1" : "0");
        options.put("trt_engine_cache_enable", "1");
        options.put("trt_engine_cache_path", cache.toString());
        options.put("trt_timing_cache_enable", "1");
        int batch = accelerator.gpuBatch();
        options.put("trt_profile_min_shapes", shape(batch > 0 ? batch : 1));
        options.put("trt_profile_opt_shapes", shape(batch > 0 ? batch : Math.max(1, accelerator.maxBatch() / 2)));
        options.put("trt_profile_max_shapes", shape(batch > 0 ? batch : accelerator.maxBatch()));
        return options;
    }

    private String shape(int batch) {
        return ModelContract.INPUT + ":" + batch + "x" + input.height() + "x" + input.width() + "x3";
    }

    private static Path cache() {
        try {
            return Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "patchstream-tensorrt"));
        } catch (IOException e) {
            throw new UncheckedIOException("TensorRT has nowhere to keep what it builds", e);
        }
    }
}
