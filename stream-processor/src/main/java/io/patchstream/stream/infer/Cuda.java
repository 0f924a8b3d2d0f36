package io.patchstream.stream.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether CUDA can be used at all. ONNX Runtime's own list of providers says what it was built with, not what the machine
 * has: it names CUDA on machines without a GPU.
 */
public final class Cuda {
    private static final Path LINUX_DRIVER = Path.of("/proc/driver/nvidia/version");
    private static final Path LINUX_GPUS = Path.of("/proc/driver/nvidia/gpus");
    private static final Path WSL_DEVICE = Path.of("/dev/dxg");

    /** Of ONNX Runtime's attention kernels, one that float16 and float32 have. */
    private static final String MEMORY_EFFICIENT_ATTENTION = "2";

    private static final Pattern DRIVER_VERSION = Pattern.compile("\\b\\d+(\\.\\d+)+\\b");

    private Cuda() {}

    /** Why CUDA cannot be used; empty when it is worth trying. */
    public static Optional<String> missing() {
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            return Optional.of("this build has ONNX Runtime for the CPU only; build with -Pgpu for CUDA");
        }
        return driver() ? Optional.empty() : Optional.of("no NVIDIA driver was found on this machine");
    }

    private static boolean driver() {
        if (System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows")) {
            String root = System.getenv("SystemRoot");
            return root != null && Files.exists(Path.of(root, "System32", "nvcuda.dll"));
        }
        return Files.exists(LINUX_DRIVER) || Files.exists(WSL_DEVICE);
    }

    /** The driver's version of the first line that it tells of itself, which differs from build to build. */
    static String driverVersion(String line) {
        Matcher version = DRIVER_VERSION.matcher(line);
        return version.find() ? version.group() : "unknown";
    }

    /** Puts the first GPU before the CPU. */
    public static void addTo(SessionOptions options) throws OrtException {
        try (OrtCUDAProviderOptions provider = new OrtCUDAProviderOptions(0)) {
            // The same bits each time, and near those of the CPU: no TF32, no algorithm chosen by a race. The attention
            // kernel that ONNX Runtime 1.29 chooses for float16 gave one row of a batch other bits from run to run.
            provider.add("use_tf32", "0");
            provider.add("cudnn_conv_algo_search", "DEFAULT");
            provider.add("arena_extend_strategy", "kSameAsRequested");
            provider.add("sdpa_kernel", MEMORY_EFFICIENT_ATTENTION);
            options.addCUDA(provider);
        }
    }

    /** The GPUs' model and the driver's version, as the driver tells them; for the fingerprint. */
    public static String describe() {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> gpus = Files.isDirectory(LINUX_GPUS) ? Files.list(LINUX_GPUS) : Stream.empty()) {
            for (Path gpu : gpus.sorted().toList()) {
                Files.readAllLines(gpu.resolve("information")).stream()
                        .filter(line -> line.startsWith("Model:"))
                        .map(line -> line.substring("Model:".length()).strip().replace(' ', '_'))
                        .forEach(model -> text.append(model).append('+'));
            }
            if (Files.isReadable(LINUX_DRIVER)) {
                String line = Files.readAllLines(LINUX_DRIVER).get(0);
                text.append("driver-").append(driverVersion(line));
            }
        } catch (IOException e) {
            text.append("unknown");
        }
        return text.toString();
    }
}
