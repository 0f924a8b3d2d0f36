package io.patchstream.stream.settings;

import io.patchstream.vision.DecodeScale;
import java.nio.file.Path;
import java.time.Duration;

/**
 * On what, and with how much of it, frames are decoded and inferred. The defaults let the machine decide.
 *
 * @param device what the model runs on
 * @param gpuBatch how many pictures each run on a GPU has; 0 for as many as came together
 * @param fp16 whether TensorRT may compute in float16
 * @param openVinoLibrary OpenVINO's plugin library
 * @param openVinoHardware what OpenVINO runs on
 * @param inferThreads threads that run batches; 0 lets the device decide
 * @param intraOpThreads threads that work on one batch on a CPU; 0 lets the saved profile decide
 * @param decodeThreads threads that decode; 0 lets the machine decide
 * @param decodeScale how much of a JPEG's resolution is decoded
 * @param minBatch the smallest batch that is gathered for
 * @param maxBatch the largest batch
 * @param batchLearning whether batch sizes go on being learned while frames flow
 * @param maxDelay how long a picture waits for company that is on its way
 * @param latencyTarget from a decoded picture to its answer; 0 is none
 * @param deadline how long a frame may go without progress before the engine is taken for dead
 * @param queueBytes memory for decoded pictures
 */
public record ComputeSettings(
        @Setting(
                key = "engine.device",
                or = "auto",
                says =
                        "What the model runs on; `auto` takes the GPU, by CUDA, where there is one and says in the log why not."
                                + " The others are taken, or the processor does not start.")
        Device device,

        @Setting(
                key = "engine.gpu.batch",
                or = "32",
                says =
                        "How many pictures each run on an NVIDIA GPU has, filled up where fewer came together: there, a picture's bits"
                                + " depend on that number, and with one number a replay gives the same bits. `0` runs as many as came,"
                                + " and a replay is equal within rounding.")
        int gpuBatch,

        @Setting(
                key = "engine.tensorrt.fp16",
                or = "false",
                says = "Whether TensorRT may compute in float16; the golden frames say whether that is near enough.")
        boolean fp16,

        @Setting(
                key = "engine.openvino.library",
                or = "",
                says = "OpenVINO's plugin library for ONNX Runtime, for `engine.device=openvino`:"
                        + " libonnxruntime_providers_openvino_plugin.so.")
        Path openVinoLibrary,

        @Setting(key = "engine.openvino.hardware", or = "cpu", says = "What OpenVINO runs on; it takes Intel's.")
        Hardware openVinoHardware,

        @Setting(key = "engine.infer.threads", or = "0", says = "Threads that run batches; 0 lets the device decide.")
        int inferThreads,

        @Setting(
                key = "engine.intra.op.threads",
                or = "0",
                says =
                        "Threads that work on one batch on a CPU; 0 takes what `patchstream profile` found best and saved beside"
                                + " the model, and is 1 without that. More than 1 may buy latency with throughput.")
        int intraOpThreads,

        @Setting(key = "engine.decode.threads", or = "0", says = "Threads that decode; 0 lets the machine decide.")
        int decodeThreads,

        @Setting(
                key = "engine.decode.scale",
                or = "full",
                says =
                        "How much of a JPEG's resolution is decoded: `full` is exact; `half` differs by less than 0.5 grey"
                                + " levels on average, `quarter` by about 2; `auto` reduces as far as the model's input allows.")
        DecodeScale decodeScale,

        @Setting(
                key = "engine.min.batch",
                or = "1",
                says = "The smallest batch that is gathered for, whatever was learned; fewer go out together only after"
                        + " `engine.max.delay`, or where no more can come.")
        int minBatch,

        @Setting(
                key = "engine.max.batch",
                or = "64",
                says = "The largest batch; how large batches are in fact is learned from the device.")
        int maxBatch,

        @Setting(
                key = "engine.batch.learning",
                or = "true",
                says =
                        "`false` keeps the batch sizes that the saved profile or the measurement at the start found best: the"
                                + " same timing each time, and no larger or smaller batch is tried.")
        boolean batchLearning,

        @Setting(
                key = "engine.max.delay",
                or = "4ms",
                says = "How long a picture waits for company that is on its way.")
        Duration maxDelay,

        @Setting(
                key = "latency.target",
                or = "0ms",
                says = "From a decoded picture to its answer: batches are sized and deferred to keep it; 0 is none: the"
                        + " highest throughput.")
        Duration latencyTarget,

        @Setting(
                key = "engine.deadline",
                or = "20s",
                says = "How long a frame may go without progress before the engine is taken for dead.")
        Duration deadline,

        @Setting(key = "engine.queue.bytes", or = "64MiB", says = "Memory for pictures that are decoded and wait.")
        long queueBytes) {

    /** What a model may run on. */
    public enum Device {
        AUTO,
        CPU,
        CUDA,
        TENSORRT,
        OPENVINO
    }

    /** What OpenVINO may run on. */
    public enum Hardware {
        CPU,
        GPU,
        NPU
    }

    public ComputeSettings {
        new Checks()
                .atLeast(0, "engine.gpu.batch", gpuBatch)
                .atLeast(0, "engine.infer.threads", inferThreads)
                .atLeast(0, "engine.intra.op.threads", intraOpThreads)
                .atLeast(0, "engine.decode.threads", decodeThreads)
                .atLeast(1, "engine.min.batch", minBatch)
                .atLeast(minBatch, "engine.max.batch", maxBatch)
                .that(!maxDelay.isNegative(), "engine.max.delay", maxDelay, "0 or more")
                .that(!latencyTarget.isNegative(), "latency.target", latencyTarget, "0 or more")
                .that(
                        deadline.compareTo(Duration.ZERO) > 0 && deadline.compareTo(Duration.ofSeconds(50)) <= 0,
                        "engine.deadline",
                        deadline,
                        "above 0 and at most 50 s, since a transaction of 60 s waits for it")
                .atLeast(1, "engine.queue.bytes", queueBytes)
                .done();
    }
}
