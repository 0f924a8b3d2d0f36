package io.patchstream.trainer.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process-wide settings of libtorch and of what it calls; all of them are here. */
public final class LibTorch {
    private static final Logger LOG = LoggerFactory.getLogger(LibTorch.class);
    private static final String MAX_PHYSICAL = "org.bytedeco.javacpp.maxPhysicalBytes";
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private static final Pattern VERSION = Pattern.compile("TORCH_VERSION=([0-9.]+)");

    private LibTorch() {}

    /**
     * Loads libtorch and sets its threads. To be called before any other class of it is touched.
     *
     * @param threads for one operation; 0 for as many as there are processors
     */
    public static void setUp(int threads) {
        if (System.getProperty(MAX_PHYSICAL) == null) {
            // JavaCPP would stop at four times the heap, which says nothing about the memory that there is.
            System.setProperty(MAX_PHYSICAL, "0");
        }
        // OpenBLAS's own threads spin and fight with libtorch's: 2 to 10 times slower (measured; javacpp-presets#1504).
        openblas.blas_set_num_threads(1);
        torch.set_num_threads(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
    }

    /** Which libtorch this is, and on whose linear algebra it stands. */
    public static String version() {
        Matcher version = VERSION.matcher(torch.show_config().getString());
        return "libtorch " + (version.find() ? version.group(1) : "") + (torch.hasMKL() ? ", MKL" : ", OpenBLAS");
    }

    /** The faster precision here: bfloat16 when the processor multiplies it (AVX512_BF16 or AMX). */
    public static Precision fastest() {
        if (!Files.isReadable(CPU_INFO)) {
            return Precision.FP32;
        }
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            boolean multiplies = lines.filter(line -> line.startsWith("flags"))
                    .limit(1)
                    .anyMatch(line -> line.contains(" avx512_bf16") || line.contains(" amx_bf16"));
            return multiplies ? Precision.BF16 : Precision.FP32;
        } catch (IOException e) {
            LOG.warn("{} cannot be read; training in float32", CPU_INFO, e);
            return Precision.FP32;
        }
    }
}
