package io.patchstream.stream.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;

/** The first NVIDIA GPU, by CUDA. */
final class CudaPlacement implements Placement {
    @Override
    public String name() {
        return "cuda:" + Cuda.describe();
    }

    @Override
    public boolean gpu() {
        return true;
    }

    @Override
    public void addTo(OrtEnvironment environment, SessionOptions options) throws OrtException {
        try (OrtCUDAProviderOptions provider = new OrtCUDAProviderOptions(0)) {
            // The same bits each time, and near those of the CPU: no TF32, no algorithm chosen by a race.
            provider.add("use_tf32", "0");
            provider.add("cudnn_conv_algo_search", "DEFAULT");
            provider.add("arena_extend_strategy", "kSameAsRequested");
            options.addCUDA(provider);
        }
    }
}
