package io.patchstream.bench;

import io.patchstream.stream.infer.Provider;
import picocli.CommandLine.Option;

/** {@code --device}. */
public final class DeviceOption {
    /** As many raw callers as the engine has threads on a GPU: one's pixels travel while it computes another's. */
    static final int CALLERS_ON_GPU = 3;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "As engine.device: auto, cpu, cuda or tensorrt (${DEFAULT-VALUE}).")
    private Provider provider;

    /** The one that is asked for. */
    public Provider provider() {
        return provider;
    }

    /** Whether that is an NVIDIA GPU here. */
    boolean onGpu() {
        return provider.onNvidia();
    }
}
