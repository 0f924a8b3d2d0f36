package io.patchstream.stream.infer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.ServingModel;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.GoldenFrames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model file on a device: loaded, held to its contract, proven on its golden frames. When the device fails it is loaded
 * once more, then on the CPU, each time proven anew.
 *
 * <p>Shared by the infer threads: batches run under the read lock, a recovery takes the write lock, so that the old
 * session is closed when nobody is in it. On a GPU too batches run side by side: one's pixels travel while it computes
 * another's.
 */
public final class OnnxModel implements ServingModel {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxModel.class);
    private static final int RUNS_PER_STEP_UP = 256;

    /** How a file becomes a session. */
    interface Sessions {
        @MustBeClosed
        OnnxSession open(ModelFile file, SessionSettings settings);
    }

    private final Sessions sessions;
    private final ModelFile file;
    private final SessionSettings settings;
    private final Optional<GoldenFrames> golden;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    // Guarded by lock.
    private OnnxSession session;
    private ServedModel served;
    private int generation;
    // How many pictures each run has; 0 for as many as come.
    private int run;
    // What there is memory for, as far as is known.
    private int affordable = Integer.MAX_VALUE;
    private final AtomicInteger goodRuns = new AtomicInteger();

    @SuppressWarnings("MustBeClosedChecker") // close() closes it.
    private OnnxModel(Sessions sessions, ModelFile file, SessionSettings settings, Optional<GoldenFrames> golden) {
        this.sessions = sessions;
        this.file = file;
        this.settings = settings;
        this.golden = golden;
        serve(provenSession(settings));
    }

    /**
     * Loads and proves a model; the caller closes it.
     *
     * @throws ContractException when the file cannot be served; the message says why and what to do
     */
    @MustBeClosed
    public static OnnxModel open(Path path, SessionSettings settings) throws IOException {
        return open(path, settings, OnnxSession::open);
    }

    @MustBeClosed
    static OnnxModel open(Path path, SessionSettings settings, Sessions sessions) throws IOException {
        ModelFile file = ModelFile.examine(path);
        // Before ONNX Runtime sees it: a model is code.
        settings.keys().verify(path, file.sha256());
        return new OnnxModel(sessions, file, settings, goldenBeside(path, settings));
    }

    private static Optional<GoldenFrames> goldenBeside(Path path, SessionSettings settings) throws IOException {
        Path beside = GoldenFrames.beside(path);
        if (Files.exists(beside)) {
            return Optional.of(GoldenFrames.read(beside));
        }
        if (settings.goldenRequired()) {
            throw new ContractException("the golden frames of " + path + " are missing: " + beside
                    + " is not there; put it there, or allow a model that cannot be checked by setting"
                    + " model.golden.required to false");
        }
        LOG.atWarn().addKeyValue("model", path).log("the model has no golden frames: it is served unchecked");
        return Optional.empty();
    }

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Handed to the caller, or closed on the way out.
    private OnnxSession provenSession(SessionSettings how) {
        OnnxSession opened = sessions.open(file, how);
        try {
            how.needs().require(file.path(), opened.contract());
            golden.ifPresent(frames -> GoldenReplay.check(GoldenFrames.beside(file.path()), frames, opened));
            return opened;
        } catch (ContractException e) {
            opened.close();
            throw e;
        }
    }

    private void serve(OnnxSession opened) {
        session = opened;
        fit();
    }

    private void fit() {
        run = Math.min(session.run(), affordable);
        served = new ServedModel(session.contract(), file.sha256(), session.fingerprint(run));
    }

    @Override
    public ServedModel served() {
        lock.readLock().lock();
        try {
            return served;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public int generation() {
        lock.readLock().lock();
        try {
            return generation;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Whether it runs on a GPU at present. */
    public boolean onGpu() {
        lock.readLock().lock();
        try {
            return session.gpu();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public boolean recover(int failedGeneration) {
        lock.writeLock().lock();
        try {
            if (generation != failedGeneration) {
                return true;
            }
            boolean wasGpu = session.gpu();
            session.close();
            if (generation++ == 0 && reopen(settings)) {
                return true;
            }
            return wasGpu && reopen(settings.on(Provider.CPU));
        } finally {
            lock.writeLock().unlock();
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // close() closes it.
    private boolean reopen(SessionSettings how) {
        try {
            serve(provenSession(how));
            LOG.atWarn()
                    .addKeyValue("generation", generation)
                    .addKeyValue("engine", served.engine())
                    .log("the device failed; the model was loaded again and agrees with its golden frames");
            return true;
        } catch (ContractException e) {
            LOG.atError().setCause(e).log("the device failed, and the model could not be loaded again");
            return false;
        }
    }

    @Override
    @MustBeClosed
    public BatchRunner newRunner(int maxBatch, BatchMemory memory) {
        return new OnnxRunner(this, golden.map(frames -> frames.pixels(0)), maxBatch, memory);
    }

    @Override
    public int run() {
        lock.readLock().lock();
        try {
            return run;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The most pictures that a run may have for batches up to {@code maxBatch}, on whichever device. */
    int rows(int maxBatch) {
        return settings.provider() == Provider.CPU
                ? maxBatch
                : Math.max(maxBatch, settings.accelerator().gpuBatch());
    }

    /** The device had no memory for so many: half of them from now on, and answers say so. */
    void halve(int tooMany) {
        lock.writeLock().lock();
        try {
            if (run == tooMany && run > 1) {
                affordable = run / 2;
                goodRuns.set(0);
                fit();
                LOG.atWarn()
                        .addKeyValue("engine", served.engine())
                        .log(
                                "no memory for {} pictures at once: {} from now on, to which a picture's bits belong",
                                tooMany,
                                run);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** After so many good runs that are smaller than they should be, twice as many are tried again. */
    private void good(int size) {
        if (goodRuns.incrementAndGet() < RUNS_PER_STEP_UP) {
            return;
        }
        lock.writeLock().lock();
        try {
            if (run == size && run < session.run()) {
                affordable = 2 * run;
                goodRuns.set(0);
                fit();
                LOG.atInfo().addKeyValue("engine", served.engine()).log("{} pictures at once are tried again", run);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    int topK() {
        return Math.min(settings.topK(), served().contract().labels().size());
    }

    /** What a run reads and writes. */
    record Tensors(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {}

    /**
     * Runs a batch on the present session.
     *
     * @param size what {@link #run()} said when the tensors were chosen
     * @return the model that answered; empty when its runs have another size by now
     */
    Optional<ServedModel> run(int size, Tensors batch) throws OrtException {
        ServedModel answered;
        boolean isLess;
        lock.readLock().lock();
        try {
            if (run != size) {
                return Optional.empty();
            }
            answered = served;
            isLess = run < session.run();
            try (OrtSession.Result result = session.session().run(batch.inputs(), batch.outputs())) {
                assert result.size() == batch.outputs().size();
            }
        } finally {
            lock.readLock().unlock();
        }
        if (isLess) {
            good(size);
        }
        return Optional.of(answered);
    }

    /** May be called twice. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            session.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
