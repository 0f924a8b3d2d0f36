package io.patchstream.stream.infer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtEpDevice;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.patchstream.vision.model.ContractException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * OpenVINO, by the plugin library that Intel ships for ONNX Runtime 1.23 and newer (on PyPI, onnxruntime-ep-openvino; its
 * wheel is a ZIP file). The library says itself what hardware it takes: of processors, Intel's.
 */
final class OpenVinoPlacement implements Placement {
    private static final String NAME = "OpenVINO";

    private final Accelerator accelerator;

    OpenVinoPlacement(Accelerator accelerator) {
        this.accelerator = accelerator;
    }

    @Override
    public String name() {
        return "openvino-" + accelerator.openVinoHardware();
    }

    /** It has threads of its own. */
    @Override
    public boolean gpu() {
        return true;
    }

    /** A run there would take what a full one takes; whether bits depend on it, the golden frames say. */
    @Override
    public boolean isFilledUp() {
        return false;
    }

    @Override
    public void addTo(OrtEnvironment environment, SessionOptions options) throws OrtException {
        List<OrtEpDevice> devices = devices(environment);
        if (devices.isEmpty()) {
            register(environment);
            devices = devices(environment);
        }
        List<OrtEpDevice> chosen =
                devices.stream().filter(this::isWanted).limit(1).toList();
        if (chosen.isEmpty()) {
            if (devices.isEmpty()) {
                environment.unregisterExecutionProviderLibrary(NAME);
            }
            throw new ContractException("the setting asks for OpenVINO on " + accelerator.openVinoHardware() + ", but "
                    + accelerator.openVinoLibrary() + " offers "
                    + (devices.isEmpty() ? "nothing on this machine (it takes Intel's hardware)" : devices)
                    + "; set engine.device to auto or cpu, or engine.openvino.hardware to what is there");
        }
        options.addExecutionProvider(chosen, Map.of());
    }

    private void register(OrtEnvironment environment) {
        Path library = accelerator.openVinoLibrary();
        if (library.toString().isEmpty()) {
            throw new ContractException(
                    "engine.device is openvino, and engine.openvino.library names no file; set it to"
                            + " libonnxruntime_providers_openvino_plugin.so (in the wheel onnxruntime-ep-openvino of PyPI)");
        }
        if (!Files.isRegularFile(library)) {
            throw new ContractException(
                    "engine.openvino.library is " + library.toAbsolutePath() + "; it must be a file that is there");
        }
        try {
            environment.registerExecutionProviderLibrary(
                    NAME, library.toAbsolutePath().toString());
        } catch (OrtException e) {
            throw new ContractException(
                    library + " is no plugin library for ONNX Runtime " + environment.getVersion()
                            + ", or lacks a library of its own: " + e.getMessage(),
                    e);
        }
    }

    private static List<OrtEpDevice> devices(OrtEnvironment environment) throws OrtException {
        return environment.getEpDevices().stream()
                .filter(device -> device.getEpName().contains(NAME))
                .toList();
    }

    private boolean isWanted(OrtEpDevice device) {
        return device.getDevice()
                .getType()
                .name()
                .equals(accelerator.openVinoHardware().toUpperCase(Locale.ROOT));
    }
}
