package io.patchstream.vision;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * Where ONNX Runtime's libraries are unpacked: once, beside JavaCPP's, for all who load a model. By itself it unpacks them
 * for each process into a temporary folder, which stays on the disk when the process is killed: 28 MB each time, several
 * hundred with CUDA. Nothing else of ONNX Runtime is known here.
 */
public final class RuntimeLibraries {
    /** A folder that has them; where it is set already, it is obeyed. */
    private static final String FOLDER = "onnxruntime.native.path";

    private static final List<String> NAMES = List.of(
            "onnxruntime",
            "onnxruntime4j_jni",
            "onnxruntime_providers_shared",
            "onnxruntime_providers_cuda",
            "onnxruntime_providers_tensorrt");

    private RuntimeLibraries() {}

    /**
     * To be called before ONNX Runtime is.
     *
     * @return why they cannot be kept, where ONNX Runtime goes its own way; empty as a rule
     */
    public static synchronized Optional<String> unpack() {
        if (System.getProperty(FOLDER) != null) {
            return Optional.empty();
        }
        String resources =
                "/ai/onnxruntime/native/" + platform(System.getProperty("os.name"), Loader.getPlatform()) + "/";
        try {
            Path folder = null;
            for (String name : NAMES) {
                URL library = RuntimeLibraries.class.getResource(resources + System.mapLibraryName(name));
                if (library != null) {
                    folder = Loader.cacheResource(library).toPath().getParent();
                }
            }
            if (folder != null) {
                System.setProperty(FOLDER, folder.toString());
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** ONNX Runtime's name of a platform, such as {@code linux-x64}, from Java's of the system and JavaCPP's of both. */
    static String platform(String operatingSystem, String javaCpp) {
        String name = operatingSystem.toLowerCase(Locale.ROOT);
        String system = name.startsWith("windows") ? "win" : name.startsWith("mac") ? "osx" : "linux";
        return system + (javaCpp.endsWith("arm64") ? "-aarch64" : "-x64");
    }
}
