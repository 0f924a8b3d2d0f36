package io.patchstream.stream.run;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.engine.DemoModel;
import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.engine.LookAheadEngine;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.infer.Provider;
import io.patchstream.stream.settings.ComputeSettings;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The engine that settings ask for. */
public final class Engines {
    private Engines() {}

    /**
     * Loads the model (the demo's, when none is named), checks it against its golden frames and starts the engine's
     * threads; the caller closes it.
     *
     * @throws SettingsException when the model that is named is not there
     * @throws io.patchstream.vision.model.ContractException when the model is none that may be served
     */
    @MustBeClosed
    public static FrameEngine open(Settings settings) throws IOException {
        return LookAheadEngine.open(model(settings.model().file()), engineSettings(settings));
    }

    private static Path model(Path named) {
        if (named.toString().isEmpty()) {
            return DemoModel.locate();
        } else if (!Files.isRegularFile(named)) {
            throw new SettingsException(
                    List.of("model is " + named.toAbsolutePath() + "; it must be a file that is there"));
        }
        return named;
    }

    static EngineSettings engineSettings(Settings settings) {
        ComputeSettings compute = settings.compute();
        return new EngineSettings(
                Provider.valueOf(compute.device().name()),
                compute.inferThreads(),
                compute.intraOpThreads(),
                compute.decodeThreads(),
                compute.maxBatch(),
                compute.maxDelay(),
                compute.latencyTarget(),
                compute.deadline(),
                compute.queueBytes(),
                settings.model().goldenRequired(),
                compute.decodeScale(),
                settings.model().topK());
    }
}
