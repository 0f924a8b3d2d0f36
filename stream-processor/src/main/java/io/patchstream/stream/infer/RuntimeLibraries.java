package io.patchstream.stream.infer;

import io.patchstream.vision.NativeCache;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where ONNX Runtime's libraries are unpacked: once, beside JavaCPP's. By itself it unpacks them for each process into a
 * temporary folder, which stays on the disk when the process is killed: 28 MB each time, several hundred with CUDA.
 */
final class RuntimeLibraries {
    /** A folder that has them; where it is set already, it is obeyed. */
    static final String FOLDER = "onnxruntime.native.path";

    private static final Logger LOG = LoggerFactory.getLogger(RuntimeLibraries.class);
    private static final List<String> NAMES = List.of(
            "onnxruntime",
            "onnxruntime4j_jni",
            "onnxruntime_providers_shared",
            "onnxruntime_providers_cuda",
            "onnxruntime_providers_tensorrt");

    private RuntimeLibraries() {}

    /** To be called before ONNX Runtime is; what fails here is left to ONNX Runtime's own way. */
    static synchronized void unpack() {
        if (System.getProperty(FOLDER) != null) {
            return;
        }
        String resources =
                "/ai/onnxruntime/native/" + platform(System.getProperty("os.name"), NativeCache.isArm()) + "/";
        try {
            Path folder = null;
            for (String name : NAMES) {
                URL library = RuntimeLibraries.class.getResource(resources + System.mapLibraryName(name));
                if (library != null) {
                    folder = NativeCache.unpack(library).getParent();
                }
            }
            if (folder != null) {
                System.setProperty(FOLDER, folder.toString());
            }
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("reason", e.getMessage())
                    .log(
                            "ONNX Runtime's libraries cannot be kept in JavaCPP's cache; it unpacks them for this process");
        }
    }

    /** ONNX Runtime's name of a platform, such as {@code linux-x64}. */
    static String platform(String operatingSystem, boolean arm) {
        String name = operatingSystem.toLowerCase(Locale.ROOT);
        String system = name.startsWith("windows") ? "win" : name.startsWith("mac") ? "osx" : "linux";
        return system + (arm ? "-aarch64" : "-x64");
    }
}
