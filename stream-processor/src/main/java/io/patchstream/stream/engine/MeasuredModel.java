package io.patchstream.stream.engine;

import io.patchstream.stream.batch.BatchPlanner;
import io.patchstream.stream.batch.Calibration;
import io.patchstream.stream.batch.ServiceCurve;
import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.flight.ServingModel;
import io.patchstream.stream.infer.OnnxModel;
import io.patchstream.vision.model.ContractException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model that is loaded, proven on its golden frames and warm: whoever has it owns the model.
 *
 * @param curve what its batches take
 * @param workClock the nanoseconds that the curve is kept in, read on the thread that runs the batch
 * @param gpu whether it is on one
 * @param intraOpThreads how many threads work on one batch
 */
record MeasuredModel(ServingModel model, ServiceCurve curve, LongSupplier workClock, boolean gpu, int intraOpThreads) {
    private static final Logger LOG = LoggerFactory.getLogger(MeasuredModel.class);

    /**
     * Loads, proves and measures, or takes what the profile beside it says; the caller closes the model.
     *
     * @param memory what it is measured in
     * @throws ContractException when the model cannot be served; the message says why and what to do
     * @throws InferenceException when the device cannot run one picture of it
     */
    static MeasuredModel load(Path path, EngineSettings settings, BatchMemory memory)
            throws IOException, InferenceException {
        return load(path, settings, memory, profileBeside(path));
    }

    private static Optional<DeviceProfile> profileBeside(Path path) {
        try {
            return DeviceProfile.beside(path);
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("the saved profile is not used; the device is measured instead");
            return Optional.empty();
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // Handed to the caller, or closed on the way out.
    private static MeasuredModel load(
            Path path, EngineSettings settings, BatchMemory memory, Optional<DeviceProfile> profile)
            throws IOException, InferenceException {
        int threads = threads(settings, profile);
        OnnxModel model =
                OnnxModel.open(path, settings.withIntraOpThreads(threads).session());
        boolean measured = false;
        try {
            ServiceCurve curve =
                    new ServiceCurve(settings.maxBatch(), BatchPlanner.budgetSeconds(settings.latencyTarget()));
            String mismatch = profile.map(saved -> saved.mismatch(model.served(), threads))
                    .orElse("");
            if (!mismatch.isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("profile", DeviceProfile.fileOf(path))
                        .addKeyValue("reason", mismatch)
                        .log("the saved profile is not used; the device is measured instead");
                if (threads != threads(settings, Optional.empty())) {
                    // It has chosen the session's threads.
                    model.close();
                    return load(path, settings, memory, Optional.empty());
                }
            }
            LongSupplier workClock = workClock(model.onGpu(), threads);
            int pictureBytes = model.served().contract().preprocessing().byteSize();
            try (BatchRunner runner = model.newRunner(settings.maxBatch(), memory)) {
                if (profile.isPresent() && mismatch.isEmpty()) {
                    runner.runCanary();
                    profile.get().teach(curve, settings.maxBatch());
                } else {
                    Calibration.run(runner, pictureBytes, settings.maxBatch(), curve, workClock);
                }
            }
            measured = true;
            return new MeasuredModel(model, curve, workClock, model.onGpu(), threads);
        } finally {
            if (!measured) {
                model.close();
            }
        }
    }

    private static int threads(EngineSettings settings, Optional<DeviceProfile> profile) {
        return settings.intraOpThreads() > 0
                ? settings.intraOpThreads()
                : profile.map(saved -> saved.form().threadsPerCaller()).orElse(1);
    }

    /**
     * A batch that runs on its caller's thread alone is measured in CPU time: what else the machine does must not decide how
     * large batches are. (Seen on two busy cores: learned by the clock, batches of int8 ViT-Ti cost 25 % more CPU.)
     */
    static LongSupplier workClock(boolean gpu, int intraOpThreads) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        boolean alone = !gpu && intraOpThreads == 1;
        return alone && threads.isCurrentThreadCpuTimeSupported() ? threads::getCurrentThreadCpuTime : System::nanoTime;
    }
}
