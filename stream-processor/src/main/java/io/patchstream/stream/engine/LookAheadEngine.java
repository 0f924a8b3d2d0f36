package io.patchstream.stream.engine;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.batch.BatchLoop;
import io.patchstream.stream.batch.BatchPlanner;
import io.patchstream.stream.batch.DynamicBatcher;
import io.patchstream.stream.batch.ServiceCurve;
import io.patchstream.stream.decode.DecodePool;
import io.patchstream.stream.decode.FrameDecoder;
import io.patchstream.stream.decode.IsolatedFrameDecoder;
import io.patchstream.stream.decode.PictureFrameDecoder;
import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.flight.PixelPool;
import io.patchstream.stream.flight.ServingModel;
import io.patchstream.stream.flight.Tenure;
import io.patchstream.stream.flight.ThreadCrew;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.vision.child.DecoderStart;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of a process. A frame's way: {@link DecodePool} (threads {@code decode-N}) reads and decodes it into leased
 * pixels, {@link DynamicBatcher} gathers, {@link BatchLoop} (threads {@code infer-N}) runs the model, and the {@link
 * PendingFrame} that {@code submit} gave out has its outcome.
 *
 * <p>A model is in force for a {@link Tenure}; another may take over while frames flow ({@link ModelRollout}).
 *
 * <p>No stage waits for a stream thread, so the engine cannot deadlock with who waits for it. One failure that no frame
 * is to blame for stops all of it: every ticket then fails, now and later.
 */
public final class LookAheadEngine implements FrameEngine {
    private static final Logger LOG = LoggerFactory.getLogger(LookAheadEngine.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_AHEAD_SECONDS_INVERSE = 2;

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
    private final LongAdder modelsTaken = new LongAdder();
    private final LongAdder modelsRefused = new LongAdder();
    private final List<BatchMemory> memories;

    // Those that were in force and have not ended; guards itself and each change of inForce.
    private final Set<Tenure> outgoing = new HashSet<>();
    private volatile Tenure inForce;
    // Null unless a folder is followed; written once, before the engine is given out.
    private ModelRollout rollout;

    /**
     * Starts the threads on a model that is loaded; takes {@code model} over.
     *
     * @param inferThreads how many run batches, at least 1
     * @param decodeThreads how many decode, at least 1
     * @param decoders makes a decoder for a decode thread and a model's pictures
     * @param workClock the nanoseconds that the curve is kept in, read on infer threads
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes the tenure.
    public LookAheadEngine(
            ServingModel model,
            Function<Preprocessing, FrameDecoder> decoders,
            EngineSettings settings,
            int inferThreads,
            int decodeThreads,
            ServiceCurve curve,
            LongSupplier workClock,
            LongSupplier nanoClock) {
        this.settings = settings;
        this.inferThreads = inferThreads;
        this.nanoClock = nanoClock;
        this.curve = curve;
        this.memories = Stream.generate(BatchMemory::new).limit(inferThreads).toList();
        this.inForce = new Tenure(0, model, memories, settings.maxBatch(), workClock);
        // Enough that every infer thread can have a full batch while each decode thread writes.
        int minSlots = decodeThreads + 2 * inferThreads * settings.maxBatch();
        this.pool = new PixelPool(inForce.preprocessing().byteSize(), settings.queueBytes(), minSlots);
        // More than a run has would be filled up to two.
        int most = model.run() == 0 ? settings.maxBatch() : Math.min(settings.maxBatch(), model.run());
        this.batcher = new DynamicBatcher(
                most,
                new BatchPlanner(curve, settings.maxDelay(), settings.latencyTarget(), settings.minBatch()),
                nanoClock);
        if (!settings.learning()) {
            curve.freeze();
        }
        this.infer = new ThreadCrew(
                "infer", inferThreads, PATIENCE, i -> new BatchLoop(batcher, curve, i, tally), this::stop);
        this.decode = new DecodePool(decodeThreads, decoders, this::heldTenure, pool, batcher, PATIENCE, this::stop);
    }

    /**
     * Loads and proves a model, measures its device, and starts the threads; the caller closes the engine.
     *
     * @throws ContractException when the model cannot be served; the message says why and what to do
     * @throws EngineStoppedException when the device cannot run one picture of it
     */
    @MustBeClosed
    public static LookAheadEngine open(Path path, EngineSettings settings) throws IOException {
        try {
            return start(path, MeasuredModel.load(path, settings, new BatchMemory()), settings);
        } catch (InferenceException e) {
            throw new EngineStoppedException("the device cannot run the model: " + e.getMessage(), e);
        }
    }

    /**
     * As {@link #open}, with the model that {@code folder} chooses (by {@code current}, or else the last in the order of
     * names that can be served), and no other later.
     *
     * @throws ContractException when there is none; the message says why for each
     */
    @MustBeClosed
    public static LookAheadEngine openFolder(Path folder, EngineSettings settings) throws IOException {
        return openFolder(folder, settings, Optional.empty());
    }

    /**
     * As {@link #openFolder}, and goes over to another model whenever the folder chooses one, without losing a frame.
     *
     * @param every how long from look to look
     */
    @MustBeClosed
    public static LookAheadEngine follow(Path folder, EngineSettings settings, Duration every) throws IOException {
        return openFolder(folder, settings, Optional.of(every));
    }

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Handed to the caller; the engine owns the rollout.
    private static LookAheadEngine openFolder(Path path, EngineSettings settings, Optional<Duration> every)
            throws IOException {
        ModelFolder folder = new ModelFolder(path);
        BatchMemory memory = new BatchMemory();
        Map<Path, ModelFolder.Version> refused = new HashMap<>();
        List<String> reasons = new ArrayList<>();
        for (ModelFolder.Version version : folder.candidates()) {
            String reason = version.problem();
            if (reason.isEmpty()) {
                try {
                    LookAheadEngine engine =
                            start(version.file(), MeasuredModel.load(version.file(), settings, memory), settings);
                    engine.modelsRefused.add(refused.size());
                    every.ifPresent(time -> engine.rollout = new ModelRollout(
                            engine, folder, engine.settings, version, refused, memory, engine.modelsRefused, time));
                    return engine;
                } catch (InferenceException | IOException | RuntimeException e) {
                    reason = version.file().getFileName() + ": " + e.getMessage();
                }
            }
            refused.put(version.file(), version);
            reasons.add(reason);
            LOG.atError().addKeyValue("reason", reason).log("A MODEL IS REFUSED");
        }
        throw new ContractException(
                "no model in " + path.toAbsolutePath() + " can be served: " + String.join("; ", reasons));
    }

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Handed to the engine; decoders are their threads'.
    private static LookAheadEngine start(Path path, MeasuredModel measured, EngineSettings settings) {
        ServingModel model = measured.model();
        boolean started = false;
        try {
            Threads threads = Threads.of(settings, measured.gpu(), measured.intraOpThreads());
            LOG.atInfo()
                    .addKeyValue("model", path)
                    .addKeyValue("sha256", model.served().sha256())
                    .addKeyValue("engine", model.served().engine())
                    .addKeyValue("inferThreads", threads.infer())
                    .addKeyValue("threadsPerBatch", measured.intraOpThreads())
                    .addKeyValue("decodeThreads", threads.decode())
                    .addKeyValue("batch", measured.curve().best(settings.maxBatch()))
                    .addKeyValue(
                            "picturesPerSecondAndThread",
                            Math.round(measured.curve().picturesPerSecond()))
                    .log("the engine is ready");
            double budget = BatchPlanner.budgetSeconds(settings.latencyTarget());
            if (model.run() > 1 && measured.curve().seconds(1) > budget) {
                LOG.atWarn()
                        .addKeyValue("engine.gpu.batch", model.run())
                        .addKeyValue(
                                "milliseconds",
                                Math.round(1000 * measured.curve().seconds(1)))
                        .log("a run of this many pictures takes longer than latency.target leaves it: set"
                                + " engine.gpu.batch lower");
            }
            LookAheadEngine engine = new LookAheadEngine(
                    model,
                    input -> decoder(input, settings),
                    // Models that come later keep to the threads there are.
                    settings.withIntraOpThreads(measured.intraOpThreads()),
                    threads.infer(),
                    threads.decode(),
                    measured.curve(),
                    measured.workClock(),
                    System::nanoTime);
            started = true;
            return engine;
        } finally {
            if (!started) {
                model.close();
            }
        }
    }

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Handed to the decode thread.
    private static FrameDecoder decoder(Preprocessing input, EngineSettings settings) {
        DecodeLimits limits = DecodeLimits.defaults();
        return settings.isolation().isEmpty()
                ? new PictureFrameDecoder(input, limits, settings.decodeScale())
                : new IsolatedFrameDecoder(
                        new DecoderStart(input, limits, settings.decodeScale()),
                        settings.isolation().get());
    }

    /**
     * Puts another model in force: frames whose decoding has not begun are answered by it, the others by the one before,
     * which is closed after its last picture. Returns when that is done. Takes {@code next} over, in any case. Called by one
     * thread at a time.
     *
     * @return whether it took over; false when the engine has stopped
     */
    @SuppressWarnings("MustBeClosedChecker") // It is in force then, and close() closes it; or it is closed here.
    boolean takeOver(MeasuredModel next) throws InterruptedException {
        Tenure before = inForce;
        Tenure after;
        try {
            after = new Tenure(before.number() + 1, next.model(), memories, settings.maxBatch(), next.workClock());
        } catch (RuntimeException | OutOfMemoryError e) {
            next.model().close();
            throw e;
        }
        synchronized (outgoing) {
            if (stopped.get() != null) {
                after.close();
                return false;
            }
            outgoing.add(before);
            inForce = after;
            before.retire();
            pool.resize(after.preprocessing().byteSize());
            curve.become(next.curve());
        }
        modelsTaken.increment();
        LOG.atInfo()
                .addKeyValue("model", after.model().served().contract().name())
                .addKeyValue("sha256", after.model().served().sha256())
                .addKeyValue("before", before.model().served().sha256())
                .addKeyValue("engine", after.model().served().engine())
                .addKeyValue("batch", curve.best(settings.maxBatch()))
                .log("another model has taken over");
        before.awaitEnd();
        before.close();
        synchronized (outgoing) {
            outgoing.remove(before);
        }
        return true;
    }

    /** For a frame that begins now; the decode thread releases it. */
    private Tenure heldTenure() {
        Tenure tenure = inForce;
        while (!tenure.hold()) {
            // It has ended: another was put in force before that.
            tenure = inForce;
        }
        return tenure;
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
        return inForce.model().served();
    }

    @Override
    public int lookAhead(int threads) {
        double half = curve.picturesPerSecond() * inferThreads / LOOK_AHEAD_SECONDS_INVERSE / Math.max(1, threads);
        int best = Math.max(settings.minBatch(), curve.best(settings.maxBatch()));
        return (int) Math.min(4096, Math.max(2L * best, Math.ceil(half)));
    }

    @Override
    public EngineStatistics statistics() {
        return new EngineStatistics(
                tally.pictures(),
                tally.batches(),
                rejected.sum(),
                dropped.sum(),
                cancelled.sum(),
                promoted.sum(),
                modelsTaken.sum(),
                modelsRefused.sum(),
                tally.inference(),
                batcher.statistics(curve.points()));
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
        if (rollout != null) {
            rollout.close();
        }
        pool.close();
        batcher.close();
        decode.close();
        // A thread that hangs in the device is in the session: that memory goes with the process.
        if (infer.join()) {
            synchronized (outgoing) {
                outgoing.forEach(Tenure::close);
                inForce.close();
            }
        }
        if (open) {
            EngineStatistics done = statistics();
            LOG.atInfo()
                    .addKeyValue("pictures", done.pictures())
                    .addKeyValue("batches", done.batches())
                    .addKeyValue("rejected", done.rejected())
                    .addKeyValue("modelsTaken", done.modelsTaken())
                    .addKeyValue("modelsRefused", done.modelsRefused())
                    .log("the engine is closed");
        }
    }
}
