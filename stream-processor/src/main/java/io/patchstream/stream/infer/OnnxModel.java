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
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model file on a device: loaded, held to its contract, proven on its golden frames. When the device fails it is loaded
 * once more, then on the CPU, each time proven anew.
 *
 * <p>Shared by the infer threads: batches run under the read lock, a recovery takes the write lock, so that the old
 * session is closed when nobody is in it. On a GPU one batch runs at a time, while other threads prepare the next.
 */
public final class OnnxModel implements ServingModel {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxModel.class);

    private final ModelFile file;
    private final SessionSettings settings;
    private final Optional<GoldenFrames> golden;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final ReentrantLock gpu = new ReentrantLock();

    // Guarded by lock.
    private OnnxSession session;
    private ServedModel served;
    private int generation;

    @SuppressWarnings("MustBeClosedChecker") // close() closes it.
    private OnnxModel(ModelFile file, SessionSettings settings, Optional<GoldenFrames> golden) {
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
        ModelFile file = ModelFile.examine(path);
        // Before ONNX Runtime sees it: a model is code.
        settings.keys().verify(path, file.sha256());
        return new OnnxModel(file, settings, goldenBeside(path, settings));
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
        OnnxSession opened = OnnxSession.open(file, how);
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
        served = new ServedModel(opened.contract(), file.sha256(), opened.fingerprint());
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

    int topK() {
        return Math.min(settings.topK(), served().contract().labels().size());
    }

    /** Runs a batch on the present session, its answers into {@code outputs}; returns the model that answered. */
    ServedModel run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) throws OrtException {
        lock.readLock().lock();
        try {
            if (!session.gpu()) {
                runOn(session, inputs, outputs);
                return served;
            }
            gpu.lock();
            try {
                runOn(session, inputs, outputs);
                return served;
            } finally {
                gpu.unlock();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    private static void runOn(OnnxSession session, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs)
            throws OrtException {
        try (OrtSession.Result result = session.session().run(inputs, outputs)) {
            assert result.size() == outputs.size();
        }
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
