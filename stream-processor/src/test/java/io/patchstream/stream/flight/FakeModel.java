package io.patchstream.stream.flight;

import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.ModelContract.Flavour;
import io.patchstream.vision.model.ModelContract.Precision;
import io.patchstream.vision.model.ModelLineage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model of one pixel whose label is the pixel's value, and whose device fails as a test says: at batches above a size,
 * on a poisonous value, or altogether. Counts what it opens and closes.
 */
public final class FakeModel implements ServingModel {
    /** The pixel value that makes a batch fail. */
    public static final int POISON = 66;

    /** The pixel value for which it has no numbers. */
    public static final int NOT_A_NUMBER = 67;

    private final ServedModel served;
    private final AtomicInteger open = new AtomicInteger();
    private final List<Integer> sizes = new ArrayList<>();
    private volatile int memoryFor = Integer.MAX_VALUE;
    private volatile int run;
    private volatile boolean broken;
    private volatile int recoveriesLeft;
    private volatile int generation;
    private volatile boolean closed;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** Of one pixel. */
    public FakeModel() {
        this(1, "0".repeat(64));
    }

    /** Of {@code side} x {@code side} pixels; breaks on pictures of another size. */
    public FakeModel(int side, String sha256) {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            labels.add("label " + i);
        }
        served = new ServedModel(
                new ModelContract(
                        "fake",
                        labels,
                        Preprocessing.squash(side, Interpolation.BILINEAR),
                        1,
                        1,
                        Precision.FP32,
                        Flavour.PORTABLE,
                        new ModelLineage("", "", "", 0, Map.of(), "")),
                sha256,
                "fake");
    }

    /** Each of its runs has so many, as on a GPU. */
    public FakeModel inRunsOf(int pictures) {
        run = pictures;
        return this;
    }

    public FakeModel withMemoryFor(int pictures) {
        memoryFor = pictures;
        return this;
    }

    /** Breaks the device; {@code recoveries} times it can be brought back. */
    public FakeModel breakDown(int recoveries) {
        recoveriesLeft = recoveries;
        broken = true;
        return this;
    }

    /** Batches wait until the latch opens. */
    public FakeModel behind(CountDownLatch latch) {
        gate = latch;
        return this;
    }

    /** The sizes of the batches that ran well, in order. */
    public List<Integer> sizes() {
        synchronized (sizes) {
            return List.copyOf(sizes);
        }
    }

    /** How many runners are not closed. */
    public int open() {
        return open.get();
    }

    /** Whether its session would be gone. */
    public boolean closed() {
        return closed;
    }

    @Override
    public ServedModel served() {
        return served;
    }

    @Override
    public int run() {
        return run;
    }

    @Override
    public int generation() {
        return generation;
    }

    @Override
    public synchronized boolean recover(int failedGeneration) {
        if (generation != failedGeneration) {
            return true;
        }
        if (recoveriesLeft == 0) {
            return false;
        }
        recoveriesLeft--;
        generation++;
        broken = false;
        return true;
    }

    @Override
    public BatchRunner newRunner(int maxBatch, BatchMemory memory) {
        open.incrementAndGet();
        return new Runner();
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class Runner implements BatchRunner {
        @Override
        public List<PictureAnswer> run(List<ByteBuffer> pictures) throws InferenceException {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InferenceException("interrupted", false, e);
            }
            if (broken) {
                throw new InferenceException("device lost", false, null);
            }
            if (pictures.size() > memoryFor) {
                throw new InferenceException("out of memory", true, null);
            }
            List<PictureAnswer> answers = new ArrayList<>();
            for (ByteBuffer picture : pictures) {
                int bytes = served.contract().preprocessing().byteSize();
                if (picture.remaining() != bytes) {
                    throw new IllegalStateException(
                            "a picture of " + picture.remaining() + " bytes; this model takes " + bytes);
                }
                int value = picture.get(0) & 0xff;
                if (value == POISON) {
                    throw new InferenceException("illegal value", false, null);
                }
                answers.add(answer(value));
            }
            synchronized (sizes) {
                sizes.add(pictures.size());
            }
            return answers;
        }

        private PictureAnswer answer(int value) {
            if (value == NOT_A_NUMBER) {
                return new PictureAnswer.Refused(new io.patchstream.stream.frame.FrameOutcome.Rejected(
                        io.patchstream.stream.frame.Stage.INFER, "NOT_FINITE", "no numbers"));
            }
            return new PictureAnswer.Predicted(
                    new Prediction(served, List.of(new Prediction.Score(value, 1)), new float[] {1}));
        }

        @Override
        public void runCanary() throws InferenceException {
            if (broken) {
                throw new InferenceException("device lost", false, null);
            }
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }
}
