package io.patchstream.stream.batch;

import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.flight.PendingPicture;
import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.stream.flight.Tenure;
import io.patchstream.stream.frame.DurationHistogram;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.Stage;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one {@code infer-N} thread: take a batch, run it, hand the answers out. Frames are never dead-lettered for
 * a fault of the device. When a run fails, one picture that is known to be good tells whose fault it is:
 *
 * <ul>
 *   <li>out of memory: smaller batches from now on, and this one in halves;
 *   <li>the canary fails too: the device is at fault; the model recovers (a new session, then the CPU) and the batch runs
 *       again, or the engine stops;
 *   <li>the canary passes: a picture is at fault; the batch is halved until it is found, and that frame is rejected as
 *       {@value #POISON}.
 * </ul>
 */
public final class BatchLoop implements Runnable {
    /** The code of a frame that makes the model fail while others pass. */
    public static final String POISON = "POISON";

    private static final Logger LOG = LoggerFactory.getLogger(BatchLoop.class);
    private static final int OUT_OF_MEMORY_RETRIES = 3;
    private static final double FIRST_BOUND = 0.001;
    private static final int BOUNDS = 14;

    private final DynamicBatcher batcher;
    private final ServiceCurve curve;
    private final int thread;
    private final Tally tally;

    /** What the infer threads have done together. */
    public static final class Tally {
        private final LongAdder pictures = new LongAdder();
        private final LongAdder batches = new LongAdder();
        private final DurationHistogram inference = DurationHistogram.doubling(FIRST_BOUND, BOUNDS);

        public long pictures() {
            return pictures.sum();
        }

        public long batches() {
            return batches.sum();
        }

        /** How long batches took, by the clock. */
        public DurationHistogram.Counts inference() {
            return inference.counts();
        }
    }

    /**
     * @param curve what the model in force takes
     * @param thread which infer thread it is, from 0
     */
    public BatchLoop(DynamicBatcher batcher, ServiceCurve curve, int thread, Tally tally) {
        this.batcher = batcher;
        this.curve = curve;
        this.thread = thread;
        this.tally = tally;
    }

    /** Runs until the batcher is closed or the thread is interrupted. */
    @Override
    public void run() {
        try {
            boolean open = true;
            while (open) {
                open = step();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One batch, from take to the last answer. False when the batcher is closed. */
    boolean step() throws InterruptedException {
        List<PendingPicture> batch = batcher.take();
        if (batch.isEmpty()) {
            return false;
        }
        boolean good = false;
        try {
            good = infer(batch.get(0).tenure(), batch, 0);
        } finally {
            batch.forEach(PendingPicture::close);
            batcher.finished(good);
        }
        return true;
    }

    private boolean infer(Tenure tenure, List<PendingPicture> batch, int outOfMemoryBefore) {
        int generation = tenure.model().generation();
        try {
            batch.forEach(picture -> picture.frame().inferring(batch.size()));
            long began = System.nanoTime();
            long start = tenure.workClock().getAsLong();
            List<PictureAnswer> answers = tenure.runner(thread)
                    .run(batch.stream().map(PendingPicture::pixels).toList());
            long took = tenure.workClock().getAsLong() - start;
            if (!tenure.isRetired()) {
                curve.observe(batch.size(), took);
            }
            tally.pictures.add(batch.size());
            tally.batches.increment();
            tally.inference.add((System.nanoTime() - began) / 1e9);
            for (int i = 0; i < batch.size(); i++) {
                PendingPicture picture = batch.get(i);
                answers.get(i)
                        .accept(
                                prediction -> picture.frame().predicted(picture.index(), prediction),
                                refused -> picture.frame().rejected(refused));
            }
            return true;
        } catch (InferenceException e) {
            takeApart(tenure, batch, generation, e, outOfMemoryBefore);
            return false;
        }
    }

    private void takeApart(
            Tenure tenure, List<PendingPicture> batch, int generation, InferenceException e, int outOfMemoryBefore) {
        LOG.atWarn()
                .addKeyValue("pictures", batch.size())
                .addKeyValue("generation", generation)
                .setCause(e)
                .log("a batch failed; looking whether its pictures or the device are at fault");
        if (e.outOfMemory() && batch.size() > 1) {
            batcher.shrink(batch.size() / 2);
            halve(tenure, batch, outOfMemoryBefore);
        } else if (!canaryPasses(tenure.runner(thread))) {
            if (!tenure.model().recover(generation)) {
                throw new EngineStoppedException("the device failed and cannot be recovered: " + e.getMessage(), e);
            }
            infer(tenure, batch, outOfMemoryBefore);
        } else if (batch.size() > 1) {
            halve(tenure, batch, outOfMemoryBefore);
        } else if (e.outOfMemory()) {
            // All pictures are of one size: memory is never the fault of one of them.
            if (outOfMemoryBefore == OUT_OF_MEMORY_RETRIES) {
                throw new EngineStoppedException("the device has no memory for one picture: " + e.getMessage(), e);
            }
            infer(tenure, batch, outOfMemoryBefore + 1);
        } else {
            batch.get(0)
                    .frame()
                    .rejected(new FrameOutcome.Rejected(
                            Stage.INFER,
                            POISON,
                            "the model fails on picture " + batch.get(0).index() + " of this frame and on no other: "
                                    + e.getMessage()));
        }
    }

    private void halve(Tenure tenure, List<PendingPicture> batch, int outOfMemoryBefore) {
        int middle = batch.size() / 2;
        infer(tenure, batch.subList(0, middle), outOfMemoryBefore);
        infer(tenure, batch.subList(middle, batch.size()), outOfMemoryBefore);
    }

    private static boolean canaryPasses(BatchRunner runner) {
        try {
            runner.runCanary();
            return true;
        } catch (InferenceException e) {
            LOG.atError().setCause(e).log("the device fails on a picture that is known to be good");
            return false;
        }
    }
}
