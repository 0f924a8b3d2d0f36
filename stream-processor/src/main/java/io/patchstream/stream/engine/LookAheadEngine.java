package io.patchstream.stream.engine;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.batch.BatchLoop;
import io.patchstream.stream.batch.BatchPlanner;
import io.patchstream.stream.batch.Calibration;
import io.patchstream.stream.batch.DynamicBatcher;
import io.patchstream.stream.batch.ServiceCurve;
import io.patchstream.stream.decode.DecodePool;
import io.patchstream.stream.decode.FrameDecoder;
import io.patchstream.stream.decode.PictureFrameDecoder;
import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.flight.PixelPool;
import io.patchstream.stream.flight.ServingModel;
import io.patchstream.stream.flight.ThreadCrew;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.infer.OnnxModel;
import io.patchstream.stream.infer.SessionSettings;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of a process. A frame's way: {@link DecodePool} (threads {@code decode-N}) reads and decodes it into leased
 * pixels, {@link DynamicBatcher} gathers, {@link BatchLoop} (threads {@code infer-N}) runs the model, and the {@link
 * PendingFrame} that {@code submit} gave out has its outcome.
 *
 * <p>No stage waits for a stream thread, so the engine cannot deadlock with who waits for it. One failure that no frame
 * is to blame for stops all of it: every ticket then fails, now and later.
 */
public final class LookAheadEngine implements FrameEngine {
    private static final Logger LOG = LoggerFactory.getLogger(LookAheadEngine.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_AHEAD_SECONDS_INVERSE = 2;

    private final ServingModel model;
    private final EngineSettings settings;
    private final int inferThreads;
    private final LongSupplier nanoClock;
    private final ServiceCurve curve;
    private final DynamicBatcher batcher;
    private final PixelPool pool;
    private final DecodePool decode;
    private final ThreadCrew infer;
    private final BatchLoop.Tally tally = new BatchLoop.Tally();
    private final Set<PendingFrame> outstanding = ConcurrentHashMap.newKeySet();
    private final AtomicReference<EngineStoppedException> stopped = new AtomicReference<>();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder promoted = new LongAdder();

    /**
     * Starts the threads on a model that is loaded; takes {@code model} over.
     *
     * @param inferThreads how many run batches, at least 1
     * @param decodeThreads how many decode, at least 1
     * @param decoders makes one decoder for each decode thread
     * @param workClock the nanoseconds that the curve is kept in, read on infer threads
     */
    @MustBeClosed
    public LookAheadEngine(
            ServingModel model,
            Supplier<FrameDecoder> decoders,
            EngineSettings settings,
            int inferThreads,
            int decodeThreads,
            ServiceCurve curve,
            LongSupplier workClock,
            LongSupplier nanoClock) {
        this.model = model;
        this.settings = settings;
        this.inferThreads = inferThreads;
        this.nanoClock = nanoClock;
        this.curve = curve;
        ModelContract contract = model.served().contract();
        // Enough that every infer thread can have a full batch while each decode thread writes.
        int minSlots = decodeThreads + 2 * inferThreads * settings.maxBatch();
        this.pool = new PixelPool(contract.preprocessing().byteSize(), settings.queueBytes(), minSlots);
        this.batcher = new DynamicBatcher(
                settings.maxBatch(), new BatchPlanner(curve, settings.maxDelay(), settings.latencyTarget()), nanoClock);
        this.infer = new ThreadCrew(
                "infer",
                inferThreads,
                PATIENCE,
                i -> new BatchLoop(batcher, model, curve, settings.maxBatch(), workClock, tally),
                this::stop);
        this.decode = new DecodePool(decodeThreads, decoders, pool, batcher, PATIENCE, this::stop);
    }

    /**
     * Loads and proves a model, measures its device, and starts the threads; the caller closes the engine.
     *
     * @throws ContractException when the model cannot be served; the message says why and what to do
     * @throws EngineStoppedException when the device cannot run one picture of it
     */
    @MustBeClosed
    @SuppressWarnings(
            "MustBeClosedChecker") // Handed to the engine, or closed on the way out; decoders are their threads'.
    public static LookAheadEngine open(Path path, EngineSettings settings) throws IOException {
        OnnxModel model = OnnxModel.open(
                path,
                new SessionSettings(
                        settings.provider(),
                        settings.intraOpThreads(),
                        settings.goldenRequired(),
                        settings.topK(),
                        settings.decodeScale()));
        try {
            Preprocessing input = model.served().contract().preprocessing();
            ServiceCurve curve =
                    new ServiceCurve(settings.maxBatch(), BatchPlanner.budgetSeconds(settings.latencyTarget()));
            LongSupplier workClock = workClock(model, settings);
            try (BatchRunner runner = model.newRunner(settings.maxBatch())) {
                Calibration.run(runner, input.byteSize(), settings.maxBatch(), curve, workClock);
            }
            Threads threads = Threads.of(settings, model.onGpu());
            LOG.atInfo()
                    .addKeyValue("model", path)
                    .addKeyValue("sha256", model.served().sha256())
                    .addKeyValue("engine", model.served().engine())
                    .addKeyValue("inferThreads", threads.infer())
                    .addKeyValue("decodeThreads", threads.decode())
                    .addKeyValue("batch", curve.best(settings.maxBatch()))
                    .addKeyValue("picturesPerSecondAndThread", Math.round(curve.picturesPerSecond()))
                    .log("the engine is ready");
            return new LookAheadEngine(
                    model,
                    () -> new PictureFrameDecoder(input, DecodeLimits.defaults(), settings.decodeScale()),
                    settings,
                    threads.infer(),
                    threads.decode(),
                    curve,
                    workClock,
                    System::nanoTime);
        } catch (InferenceException e) {
            model.close();
            throw new EngineStoppedException("the device cannot run the model: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /**
     * A batch that runs on its caller's thread alone is measured in CPU time: what else the machine does must not decide how
     * large batches are. (Seen on two busy cores: learned by the clock, batches of int8 ViT-Ti cost 25 % more CPU.)
     */
    private static LongSupplier workClock(OnnxModel model, EngineSettings settings) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        boolean alone = !model.onGpu() && settings.intraOpThreads() == 1;
        return alone && threads.isCurrentThreadCpuTimeSupported() ? threads::getCurrentThreadCpuTime : System::nanoTime;
    }

    @Override
    public FrameTicket submit(FrameRequest request) {
        PendingFrame frame = new PendingFrame(request, nanoClock);
        outstanding.add(frame);
        frame.whenDone(outcome -> {
            outstanding.remove(frame);
            outcome.map(o -> o.fold(c -> null, r -> rejected, d -> dropped)).ifPresent(LongAdder::increment);
        });
        batcher.announce(request.source());
        decode.submit(frame);
        EngineStoppedException reason = stopped.get();
        if (reason != null) {
            frame.failed(reason);
        }
        return frame;
    }

    @Override
    public FrameOutcome await(FrameTicket ticket) throws InterruptedException {
        PendingFrame frame = own(ticket);
        if (frame.isDone()) {
            return outcome(frame, 0);
        }
        if (frame.promote()) {
            promoted.increment();
        }
        decode.promote(frame);
        batcher.promote(frame);
        batcher.waiting(frame.source().owner());
        try {
            return awaitProgress(frame);
        } finally {
            batcher.resumed(frame.source().owner());
        }
    }

    private FrameOutcome awaitProgress(PendingFrame frame) throws InterruptedException {
        long began = nanoClock.getAsLong();
        long deadline = settings.deadline().toNanos();
        while (true) {
            long idle = nanoClock.getAsLong() - Math.max(began, frame.lastProgress());
            if (idle >= deadline) {
                stop(new TimeoutException("a frame of " + frame.source() + " made no progress for "
                        + settings.deadline() + "; a decoder or the device hangs"));
            }
            FrameOutcome outcome = outcome(frame, Math.max(1, deadline - idle));
            if (outcome != null) {
                return outcome;
            }
        }
    }

    /** Null when there is none in time. */
    private static FrameOutcome outcome(PendingFrame frame, long nanos) throws InterruptedException {
        try {
            return frame.await(nanos);
        } catch (TimeoutException e) {
            return null;
        }
    }

    private static PendingFrame own(FrameTicket ticket) {
        if (ticket instanceof PendingFrame frame) {
            return frame;
        }
        throw new IllegalArgumentException("this ticket is of another engine: " + ticket);
    }

    @Override
    public void cancel(FrameSource source) {
        for (PendingFrame frame : outstanding) {
            if (frame.source().equals(source) && frame.cancel()) {
                cancelled.increment();
            }
        }
        decode.cancel(source);
        batcher.cancel(source);
    }

    @Override
    public ServedModel model() {
        return model.served();
    }

    @Override
    public int lookAhead(int threads) {
        double half = curve.picturesPerSecond() * inferThreads / LOOK_AHEAD_SECONDS_INVERSE / Math.max(1, threads);
        int best = curve.best(settings.maxBatch());
        return (int) Math.min(4096, Math.max(2L * best, Math.ceil(half)));
    }

    @Override
    public EngineStatistics statistics() {
        return new EngineStatistics(
                tally.pictures(), tally.batches(), rejected.sum(), dropped.sum(), cancelled.sum(), promoted.sum());
    }

    /** Nobody is to blame but the engine: every ticket fails, now and later. */
    private void stop(Throwable cause) {
        EngineStoppedException reason = cause instanceof EngineStoppedException already
                ? already
                : new EngineStoppedException("the engine stopped: " + cause, cause);
        if (stopped.compareAndSet(null, reason)) {
            LOG.atError().setCause(cause).log("the engine stopped; nothing more is answered");
        }
        EngineStoppedException first = stopped.get();
        outstanding.forEach(frame -> frame.failed(first));
    }

    @Override
    public void close() {
        boolean open = stopped.compareAndSet(null, new EngineStoppedException("the engine is closed", null));
        EngineStoppedException reason = stopped.get();
        outstanding.forEach(frame -> frame.failed(reason));
        pool.close();
        batcher.close();
        decode.close();
        // A thread that hangs in the device is in the session: that memory goes with the process.
        if (infer.join()) {
            model.close();
        }
        if (open) {
            LOG.atInfo().addKeyValue("statistics", statistics()).log("the engine is closed");
        }
    }
}
