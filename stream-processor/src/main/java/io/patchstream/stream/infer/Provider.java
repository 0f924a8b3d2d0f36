package io.patchstream.stream.infer;

/** Which device a model is to run on. */
public enum Provider {
    /** CUDA where there is a driver and a build of ONNX Runtime for it, else the CPU; the log says which and why. */
    AUTO,
    /** The CPU. */
    CPU,
    /** CUDA, or refuse to start. */
    CUDA,
    /** TensorRT, or refuse to start. */
    TENSORRT,
    /** OpenVINO, by its plugin library, or refuse to start. */
    OPENVINO;

    /** Whether that is an NVIDIA GPU on this machine. */
    public boolean onNvidia() {
        return this == CUDA
                || this == TENSORRT
                || this == AUTO && Cuda.missing().isEmpty();
    }
}
