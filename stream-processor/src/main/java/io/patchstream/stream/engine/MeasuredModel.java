package io.patchstream.stream.engine;

import io.patchstream.stream.batch.BatchPlanner;
import io.patchstream.stream.batch.Calibration;
import io.patchstream.stream.batch.ServiceCurve;
import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.flight.ServingModel;
import io.patchstream.stream.infer.OnnxModel;
import io.patchstream.stream.infer.SessionSettings;
import io.patchstream.vision.model.ContractException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * A model that is loaded, proven on its golden frames and warm: whoever has it owns the model.
 *
 * @param curve what its batches take
 * @param workClock the nanoseconds that the curve is kept in, read on the thread that runs the batch
 * @param gpu whether it is on one
 */
record MeasuredModel(ServingModel model, ServiceCurve curve, LongSupplier workClock, boolean gpu) {

    /**
     * Loads, proves and measures; the caller closes the model.
     *
     * @param memory what it is measured in
     * @throws ContractException when the model cannot be served; the message says why and what to do
     * @throws InferenceException when the device cannot run one picture of it
     */
    @SuppressWarnings("MustBeClosedChecker") // Handed to the caller, or closed on the way out.
    static MeasuredModel load(Path path, EngineSettings settings, BatchMemory memory)
            throws IOException, InferenceException {
        OnnxModel model = OnnxModel.open(
                path,
                new SessionSettings(
                        settings.provider(),
                        settings.intraOpThreads(),
                        settings.goldenRequired(),
                        settings.topK(),
                        settings.decodeScale()));
        boolean measured = false;
        try {
            ServiceCurve curve =
                    new ServiceCurve(settings.maxBatch(), BatchPlanner.budgetSeconds(settings.latencyTarget()));
            LongSupplier workClock = workClock(model.onGpu(), settings);
            int pictureBytes = model.served().contract().preprocessing().byteSize();
            try (BatchRunner runner = model.newRunner(settings.maxBatch(), memory)) {
                Calibration.run(runner, pictureBytes, settings.maxBatch(), curve, workClock);
            }
            measured = true;
            return new MeasuredModel(model, curve, workClock, model.onGpu());
        } finally {
            if (!measured) {
                model.close();
            }
        }
    }

    /**
     * A batch that runs on its caller's thread alone is measured in CPU time: what else the machine does must not decide how
     * large batches are. (Seen on two busy cores: learned by the clock, batches of int8 ViT-Ti cost 25 % more CPU.)
     */
    private static LongSupplier workClock(boolean gpu, EngineSettings settings) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        boolean alone = !gpu && settings.intraOpThreads() == 1;
        return alone && threads.isCurrentThreadCpuTimeSupported() ? threads::getCurrentThreadCpuTime : System::nanoTime;
    }
}
