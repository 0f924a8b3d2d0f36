package io.patchstream.stream.run;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.decode.Isolation;
import io.patchstream.stream.engine.DemoModel;
import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.engine.LookAheadEngine;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.infer.Accelerator;
import io.patchstream.stream.infer.ModelHash;
import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.stream.infer.ModelNeeds;
import io.patchstream.stream.infer.Provider;
import io.patchstream.stream.models.TopicEngine;
import io.patchstream.stream.settings.ComputeSettings;
import io.patchstream.stream.settings.DecodeSettings;
import io.patchstream.stream.settings.ModelSettings;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.vision.model.ContractException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The engine that settings ask for. */
public final class Engines {
    /** How often a models folder is looked at. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private Engines() {}

    /**
     * Loads the model (the demo's, when none is named; of a folder or topic, the one that is chosen now), checks it against its golden frames and starts the engine's
     * threads; the caller closes it.
     *
     * @throws SettingsException when the model that is named is not there, or is another than {@code model.sha256} says, or
     *     {@code model.key} names no keys
     * @throws io.patchstream.vision.model.ContractException when the model is none that may be served
     */
    @MustBeClosed
    public static FrameEngine open(Settings settings) throws IOException {
        EngineSettings engine = engineSettings(settings);
        if (!settings.model().topic().isEmpty()) {
            return TopicEngine.open(settings, engine);
        }
        Path folder = settings.model().folder();
        return folder.toString().isEmpty()
                ? LookAheadEngine.open(verified(settings.model()), engine)
                : LookAheadEngine.openFolder(folder, engine);
    }

    /**
     * As {@link #open}, and follows the models folder or topic, if there is one: the model may change while frames flow.
     *
     * @throws SettingsException as there
     * @throws io.patchstream.vision.model.ContractException as there
     */
    @MustBeClosed
    public static FrameEngine openAndFollow(Settings settings) throws IOException {
        if (!settings.model().topic().isEmpty()) {
            return TopicEngine.follow(settings, engineSettings(settings), LOOK_EVERY);
        }
        Path folder = settings.model().folder();
        return folder.toString().isEmpty()
                ? open(settings)
                : LookAheadEngine.follow(folder, engineSettings(settings), LOOK_EVERY);
    }

    /** The model's file, if it has the hash that it must have. */
    private static Path verified(ModelSettings settings) throws IOException {
        if (!settings.keys().isEmpty() && settings.file().toString().isEmpty()) {
            throw new SettingsException(List.of("model.key is "
                    + settings.keys().stream().map(Path::toString).collect(Collectors.joining(","))
                    + ", and the demo's model is not signed; set model, model.folder or model.topic"));
        }
        Path file = model(settings.file());
        if (!settings.sha256().isEmpty()) {
            String found = ModelHash.of(file);
            if (!found.equalsIgnoreCase(settings.sha256())) {
                throw new SettingsException(List.of("model.sha256 is " + settings.sha256() + "; " + file + " has "
                        + found + ": the file is not the one that was meant"));
            }
        }
        return file;
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
                compute.minBatch(),
                compute.maxBatch(),
                compute.batchLearning(),
                compute.maxDelay(),
                compute.latencyTarget(),
                compute.deadline(),
                compute.queueBytes(),
                settings.model().goldenRequired(),
                compute.decodeScale(),
                isolation(settings.decode()),
                settings.model().topK(),
                new Accelerator(
                        compute.maxBatch(),
                        compute.gpuBatch(),
                        compute.fp16(),
                        compute.openVinoLibrary(),
                        compute.openVinoHardware().name().toLowerCase(Locale.ROOT)),
                keys(settings.model()),
                new ModelNeeds(settings.uncertain().set(), settings.uncertain().distance()));
    }

    /**
     * Who must have signed a model.
     *
     * @throws SettingsException when {@code model.key} names no keys
     */
    public static ModelKeys keys(ModelSettings model) {
        try {
            return ModelKeys.read(model.keys());
        } catch (ContractException e) {
            throw new SettingsException(List.of("model.key: " + e.getMessage()));
        }
    }

    private static Optional<Isolation> isolation(DecodeSettings decode) {
        return decode.isolation() == DecodeSettings.Isolated.PROCESS
                ? Optional.of(new Isolation(decode.isolationMemory(), decode.isolationPatience()))
                : Optional.empty();
    }
}
