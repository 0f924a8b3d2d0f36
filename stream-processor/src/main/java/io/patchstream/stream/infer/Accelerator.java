package io.patchstream.stream.infer;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * What a device needs to be told beyond its name. None of it matters to the CPU.
 *
 * @param maxBatch the largest batch that will come; TensorRT builds for it
 * @param gpuBatch how many pictures each run on an NVIDIA GPU has, filled up where fewer came: there, a picture's bits depend on
 *     that number; 0 runs as many as came
 * @param fp16 whether TensorRT may compute in float16; golden frames say whether that is near enough
 * @param openVinoLibrary OpenVINO's plugin library for ONNX Runtime; empty where there is none
 * @param openVinoHardware what OpenVINO runs on: cpu, gpu or npu
 */
public record Accelerator(int maxBatch, int gpuBatch, boolean fp16, Path openVinoLibrary, String openVinoHardware) {
    /** For a CPU, and for a GPU that is told nothing. */
    public static final Accelerator NONE = new Accelerator(64, 32, false, Path.of(""), "cpu");

    public Accelerator {
        requireNonNull(openVinoLibrary, "openVinoLibrary");
        requireNonNull(openVinoHardware, "openVinoHardware");
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch is " + maxBatch + "; it must be at least 1");
        }
        if (gpuBatch < 0) {
            throw new IllegalArgumentException("gpuBatch is " + gpuBatch + "; it must be 0 or more");
        }
    }

    /** For other batches. */
    public Accelerator withMaxBatch(int pictures) {
        return new Accelerator(pictures, gpuBatch, fp16, openVinoLibrary, openVinoHardware);
    }

    /** With another number of pictures in each run on a GPU; 0 for as many as came. */
    public Accelerator withGpuBatch(int pictures) {
        return new Accelerator(maxBatch, pictures, fp16, openVinoLibrary, openVinoHardware);
    }
}
