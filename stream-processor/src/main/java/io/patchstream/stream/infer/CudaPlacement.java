package io.patchstream.stream.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;

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
        Cuda.addTo(options);
    }
}
