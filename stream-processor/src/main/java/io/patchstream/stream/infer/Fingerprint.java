package io.patchstream.stream.infer;

import io.patchstream.vision.DecodeScale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All that may change a bit of the result besides the model: the runtime's version, the device, the optimisation level,
 * the instruction set (kernels are chosen by it, and int8 saturates differently without VNNI), and the decoding scale. Not
 * the number of threads: that changes nothing, which tests hold. Nor does the batch size on a CPU; on a GPU it does, and
 * {@link OnnxSession} adds it.
 */
final class Fingerprint {
    /** Those that ONNX Runtime's CPU kernels choose by. */
    private static final List<String> DECIDING = List.of(
            "avx",
            "avx2",
            "fma",
            "f16c",
            "avx512f",
            "avx512bw",
            "avx512_vnni",
            "avx512_bf16",
            "avx_vnni",
            "amx_int8",
            "amx_bf16",
            "asimd",
            "asimdhp",
            "asimddp",
            "i8mm",
            "bf16",
            "sve",
            "sme");

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    private Fingerprint() {}

    /** One line without blanks. */
    static String of(String runtimeVersion, String device, String optimisation, DecodeScale decodeScale) {
        return "onnxruntime=" + runtimeVersion + ";device=" + device + ";optimisation=" + optimisation + ";arch="
                + System.getProperty("os.arch") + ";isa=" + instructionSet(cpuinfo()) + ";decode=" + decodeScale;
    }

    private static List<String> cpuinfo() {
        try {
            return Files.isReadable(CPUINFO) ? Files.readAllLines(CPUINFO) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The deciding instruction sets of a Linux {@code /proc/cpuinfo}, joined by +; {@code unknown} elsewhere. */
    static String instructionSet(List<String> cpuinfo) {
        Set<String> has = cpuinfo.stream()
                .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                .findFirst()
                .map(line -> Arrays.stream(
                        line.substring(line.indexOf(':') + 1).strip().split("\\s+")))
                .stream()
                .flatMap(flags -> flags)
                .collect(Collectors.toCollection(TreeSet::new));
        String deciding = DECIDING.stream().filter(has::contains).collect(Collectors.joining("+"));
        return deciding.isEmpty() ? "unknown" : deciding;
    }
}
