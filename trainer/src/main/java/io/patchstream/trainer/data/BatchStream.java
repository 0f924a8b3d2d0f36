package io.patchstream.trainer.data;

import io.patchstream.trainer.augment.Augmentation;
import io.patchstream.trainer.augment.Mixup;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The endless stream of training batches: each epoch in a new order, each picture preprocessed as in serving and then
 * augmented. Threads prepare a few batches ahead; the stream is the same for any number of them, and can begin at any step.
 *
 * <p>One consumer. {@link #close()} stops the threads.
 */
public final class BatchStream implements AutoCloseable {
    private static final int AHEAD_PER_THREAD = 3;
    private static final long CLOSE_SECONDS = 10;

    /**
     * How pictures become batches.
     *
     * @param view what is seen of a picture, at the model's input size
     * @param augmentation after that
     * @param mixup of each batch; none when empty
     * @param labelSmoothing the probability that is spread over all classes
     * @param batchSize B, over all processes
     * @param part which of the batch's pictures this process sees
     * @param seed of everything random
     * @param threads that prepare batches
     */
    public record Settings(
            Crop view,
            Augmentation augmentation,
            Optional<Mixup> mixup,
            double labelSmoothing,
            int batchSize,
            Part part,
            long seed,
            int threads) {}

    /** One of {@code count} parts of every batch, as even as they can be. */
    public record Part(int index, int count) {
        /** Whole batches. */
        public static final Part ALL = new Part(0, 1);

        private int from(int size) {
            return (int) ((long) size * index / count);
        }

        private int to(int size) {
            return (int) ((long) size * (index + 1) / count);
        }
    }

    private final Dataset dataset;
    private final Settings settings;
    private final int batchSize;
    private final int stepsPerEpoch;
    private final ExecutorService threads;
    private final ArrayDeque<Future<Batch>> ahead = new ArrayDeque<>();
    private final ThreadLocal<Cropper> cropper;
    private long nextStep;
    private long orderEpoch = -1;
    private int[] order = new int[0];

    /** The stream from {@code firstStep} on. */
    public BatchStream(Dataset dataset, Settings settings, long firstStep) {
        this.dataset = dataset;
        this.settings = settings;
        this.batchSize = Math.min(settings.batchSize(), dataset.size());
        this.stepsPerEpoch = stepsPerEpoch(dataset, settings.batchSize());
        this.nextStep = firstStep;
        this.cropper = ThreadLocal.withInitial(() -> new Cropper(settings.view()));
        this.threads = Executors.newFixedThreadPool(settings.threads(), named());
        for (int i = 0; i < settings.threads() * AHEAD_PER_THREAD; i++) {
            submit();
        }
    }

    /** Whole batches in one epoch; what is left over is not seen in it. */
    public static int stepsPerEpoch(Dataset dataset, int batchSize) {
        return Math.max(1, dataset.size() / batchSize);
    }

    private static ThreadFactory named() {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "batches-" + count.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * The next batch; waits for it.
     *
     * @throws IOException when one of its pictures cannot be read
     */
    public Batch next() throws IOException, InterruptedException {
        Future<Batch> first = ahead.remove();
        submit();
        try {
            return first.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UncheckedIOException unread) {
                throw unread.getCause();
            }
            throw new IllegalStateException("a batch could not be prepared", e.getCause());
        }
    }

    private void submit() {
        long epoch = nextStep / stepsPerEpoch;
        int first = (int) (nextStep % stepsPerEpoch) * batchSize;
        if (epoch != orderEpoch) {
            order = SampleSeed.permutation(settings.seed(), epoch, dataset.size());
            orderEpoch = epoch;
        }
        int[] indices = java.util.Arrays.copyOfRange(order, first, first + batchSize);
        ahead.add(threads.submit(() -> prepare(epoch, indices)));
        nextStep++;
    }

    private Batch prepare(long epoch, int[] indices) {
        int from = settings.part().from(indices.length);
        int to = settings.part().to(indices.length);
        if (settings.mixup().isEmpty()) {
            return augmented(epoch, java.util.Arrays.copyOfRange(indices, from, to));
        }
        // Each picture is blended with its mirror in the whole batch.
        Batch whole = augmented(epoch, indices);
        SplittableRandom random = SampleSeed.of(settings.seed(), epoch, -2 - (long) indices[0]);
        Mixup.blend(
                whole.pixels(),
                whole.targets(),
                indices.length,
                settings.mixup().get().share(random));
        return whole.part(from, to);
    }

    private Batch augmented(long epoch, int[] indices) {
        Preprocessing serving = settings.view().serving();
        int bytes = serving.byteSize();
        int classes = dataset.labels().size();
        byte[] pixels = new byte[indices.length * bytes];
        float[] targets = new float[indices.length * classes];
        int[] labels = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            SplittableRandom random = SampleSeed.of(settings.seed(), epoch, indices[i]);
            RgbImage image = read(indices[i], random.nextLong());
            RgbImage seen = cropper.get().of(image, random);
            byte[] augmented = settings.augmentation().apply(seen, random).pixels();
            System.arraycopy(augmented, 0, pixels, i * bytes, bytes);
            labels[i] = dataset.label(indices[i]);
            dataset.target(indices[i], targets, i * classes);
            smooth(targets, i * classes, classes);
        }
        return new Batch(indices.length, serving.height(), pixels, targets, labels);
    }

    private void smooth(float[] targets, int from, int classes) {
        float spread = (float) (settings.labelSmoothing() / classes);
        float kept = (float) (1 - settings.labelSmoothing());
        for (int k = from; k < from + classes; k++) {
            targets[k] = targets[k] * kept + spread;
        }
    }

    private RgbImage read(int index, long variation) {
        try {
            return dataset.image(index, variation);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "the threads that prepare batches did not stop in " + CLOSE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
