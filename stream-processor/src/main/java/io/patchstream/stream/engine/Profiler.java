package io.patchstream.stream.engine;

import io.patchstream.stream.engine.DeviceProfile.Form;
import io.patchstream.stream.engine.DeviceProfile.Measured;
import io.patchstream.stream.engine.DeviceProfile.Point;
import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.infer.OnnxModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Measures a model on this device: every way to divide the cores among batches, at sizes 1, 2, 4 and so on, in rounds that
 * take turns, so that what else the machine does meets all of them alike.
 */
final class Profiler {
    /** One thread a batch costs the least CPU: more must give so much more. */
    private static final double WORTH_MORE_THREADS = 1.05;

    /** Two sizes in succession that give so much less than the best are the last that are tried. */
    private static final double HOPELESS = 0.85;

    /** A larger batch is tried where it should take no more than this share of the time. */
    private static final double LONGEST_BATCH = 0.1;

    private static final int WARM_UPS = 3;

    private static final int ROUNDS = 5;

    private final Path path;
    private final EngineSettings settings;

    /** One form at one size; its samples grow from round to round. */
    private static final class Trial {
        private final Loaded loaded;
        private final int batch;
        private final List<Double> picturesPerSecond = new ArrayList<>();
        private final List<Long> nanos = new ArrayList<>();

        private Trial(Loaded loaded, int batch) {
            this.loaded = loaded;
            this.batch = batch;
        }

        private double rate() {
            double[] sorted = picturesPerSecond.stream()
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
        }

        private Point point() {
            long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
            double median = sorted[sorted.length / 2];
            double deviation = Arrays.stream(sorted)
                    .mapToDouble(n -> Math.abs(n - median))
                    .average()
                    .orElse(0);
            return new Point(batch, median / 1e9, deviation / 1e9, sorted.length);
        }
    }

    /** A model in one form, with a runner for each caller. */
    private record Loaded(Form form, OnnxModel model, List<BatchRunner> runners, LongSupplier clock)
            implements AutoCloseable {
        @Override
        public void close() {
            runners.forEach(BatchRunner::close);
            model.close();
        }
    }

    Profiler(Path path, EngineSettings settings) {
        this.path = path;
        this.settings = settings;
    }

    /**
     * Measures for about so long; a model that is slow for that gets fewer rounds and smaller batches, but one of each.
     *
     * @throws io.patchstream.vision.model.ContractException when the model cannot be served
     * @throws InferenceException when the device cannot run one picture of it
     */
    DeviceProfile measure(Duration time) throws IOException, InferenceException, InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        List<Loaded> loaded = new ArrayList<>();
        ExecutorService callers = Executors.newFixedThreadPool(Math.max(2, cores));
        try {
            for (Form form : forms(cores)) {
                Loaded next = load(form);
                loaded.add(next);
                if (next.model.onGpu()) {
                    break;
                }
            }
            List<Trial> trials = new ArrayList<>();
            for (Loaded one : loaded) {
                trials.addAll(warmUp(one, callers, LONGEST_BATCH * time.toNanos() / 1e9));
            }
            long slice = Math.max(1, time.toNanos() / ROUNDS / trials.size());
            long begin = System.nanoTime();
            for (int round = 0;
                    round == 0 || round < ROUNDS && System.nanoTime() - begin < 2 * time.toNanos();
                    round++) {
                for (Trial trial : trials) {
                    run(trial, callers, slice);
                }
            }
            return profile(cores, loaded, trials);
        } finally {
            callers.shutdownNow();
            loaded.forEach(Loaded::close);
        }
    }

    /** Every way to divide the cores evenly; the least threads for a batch first. */
    static List<Form> forms(int cores) {
        return IntStream.rangeClosed(1, cores)
                .filter(threads -> cores % threads == 0)
                .mapToObj(threads -> new Form(cores / threads, threads))
                .toList();
    }

    @SuppressWarnings("MustBeClosedChecker") // measure() closes what is loaded.
    private Loaded load(Form form) throws IOException {
        OnnxModel model = OnnxModel.open(
                path, settings.withIntraOpThreads(form.threadsPerCaller()).session());
        Form real = model.onGpu() ? new Form(Threads.INFER_ON_GPU, 1) : form;
        List<BatchRunner> runners = new ArrayList<>();
        for (int caller = 0; caller < real.callers(); caller++) {
            runners.add(model.newRunner(settings.maxBatch()));
        }
        return new Loaded(real, model, runners, MeasuredModel.workClock(model.onGpu(), real.threadsPerCaller()));
    }

    /** The sizes that are worth a trial, none of which takes more seconds than {@code longest} but for a picture alone. */
    private List<Trial> warmUp(Loaded loaded, ExecutorService callers, double longest)
            throws InferenceException, InterruptedException {
        List<Trial> trials = new ArrayList<>();
        double best = 0;
        int hopeless = 0;
        double expected = 0;
        for (int batch = 1; batch <= settings.maxBatch() && hopeless < 2 && expected <= longest; batch *= 2) {
            Trial warm = new Trial(loaded, batch);
            for (int i = 0; i < WARM_UPS; i++) {
                run(warm, callers, 1);
            }
            trials.add(new Trial(loaded, batch));
            double rate = Collections.max(warm.picturesPerSecond);
            hopeless = rate < best * HOPELESS ? hopeless + 1 : 0;
            best = Math.max(best, rate);
            expected = 2.0 * batch * loaded.runners.size() / rate;
        }
        return trials;
    }

    /** All callers at once, each at least one batch. */
    private static void run(Trial trial, ExecutorService callers, long sliceNanos)
            throws InferenceException, InterruptedException {
        Loaded loaded = trial.loaded;
        int pictureBytes = loaded.model.served().contract().preprocessing().byteSize();
        List<ByteBuffer> grey = Collections.nCopies(trial.batch, ByteBuffer.allocateDirect(pictureBytes));
        CountDownLatch ready = new CountDownLatch(loaded.runners.size());
        long start = System.nanoTime();
        List<Future<List<Long>>> running = new ArrayList<>();
        for (BatchRunner runner : loaded.runners) {
            running.add(callers.submit(() -> {
                ready.countDown();
                ready.await();
                List<Long> nanos = new ArrayList<>();
                do {
                    long before = loaded.clock.getAsLong();
                    runner.run(grey);
                    nanos.add(loaded.clock.getAsLong() - before);
                } while (System.nanoTime() - start < sliceNanos);
                return nanos;
            }));
        }
        long batches = 0;
        for (Future<List<Long>> caller : running) {
            try {
                List<Long> nanos = caller.get();
                batches += nanos.size();
                trial.nanos.addAll(nanos);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof InferenceException inference) {
                    throw inference;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
        trial.picturesPerSecond.add(batches * trial.batch * 1e9 / (System.nanoTime() - start));
    }

    private static DeviceProfile profile(int cores, List<Loaded> loaded, List<Trial> trials) {
        List<Measured> forms = loaded.stream()
                .map(one -> trials.stream()
                        .filter(trial -> trial.loaded == one)
                        .max(Comparator.comparingDouble(Trial::rate))
                        .map(best -> new Measured(one.form, best.batch, best.rate()))
                        .orElseThrow())
                .toList();
        Form chosen = choose(forms);
        Loaded model = loaded.get(0);
        return new DeviceProfile(
                DeviceProfile.FORMAT,
                model.model.served().sha256(),
                model.model.served().engine(),
                cores,
                chosen,
                trials.stream()
                        .filter(trial -> trial.loaded.form.equals(chosen))
                        .map(Trial::point)
                        .toList(),
                forms);
    }

    /** The one that gives the most; more threads for a batch than another has must earn it. */
    static Form choose(List<Measured> forms) {
        Measured best = forms.get(0);
        for (Measured form : forms) {
            if (form.picturesPerSecond() > best.picturesPerSecond() * WORTH_MORE_THREADS) {
                best = form;
            }
        }
        return best.form();
    }
}
