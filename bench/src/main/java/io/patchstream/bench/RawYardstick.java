package io.patchstream.bench;

import ai.onnxruntime.OrtException;
import com.google.errorprone.annotations.MustBeClosed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The raw engine in the form in which it is fastest here. With one caller and with as many as there are cores, the size of
 * its batches is chosen first; then both run whenever the yardstick is asked, and the faster one counts. The choice between
 * them lies within what trials of a second differ, and a yardstick that is too short would flatter what is held against it.
 */
final class RawYardstick implements AutoCloseable {
    private static final List<Integer> ON_CPU = List.of(1, 2, 4, 8);
    private static final List<Integer> ON_GPU = List.of(16, 32, 64, 128);
    private static final Duration TRIAL = Duration.ofMillis(1000);
    private static final int PASSES = 3;

    private final List<RawForm> forms;
    private final double perSecond;

    private RawYardstick(List<RawForm> forms, double perSecond) {
        this.forms = List.copyOf(forms);
        this.perSecond = perSecond;
    }

    /**
     * Chooses batch sizes in passes that take turns, by the best pass of each: what else the machine does can make a trial
     * slower, and never faster.
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes the forms
    static RawYardstick chosenFor(Path model, boolean gpu) throws Exception {
        int cores = Runtime.getRuntime().availableProcessors();
        int most = gpu ? DeviceOption.CALLERS_ON_GPU : cores;
        int[] callers = most > 1 ? new int[] {most, 1} : new int[] {1};
        List<Integer> sizes = gpu ? ON_GPU : ON_CPU;
        int[] threads = Arrays.stream(callers).map(of -> gpu ? 1 : most / of).toArray();
        int[] batch = new int[callers.length];
        double[] best = new double[callers.length];
        // A GPU is one process's; what else the machine does hardly slows it.
        for (int pass = 0; pass < (gpu ? 1 : PASSES); pass++) {
            for (int i = 0; i < callers.length; i++) {
                for (int size : sizes) {
                    double perSecond = trial(model, gpu, callers[i], threads[i], size);
                    if (perSecond > best[i]) {
                        best[i] = perSecond;
                        batch[i] = size;
                    }
                }
            }
        }
        List<RawForm> forms = new ArrayList<>();
        double rate = 0;
        for (int i = 0; i < callers.length; i++) {
            forms.add(new RawForm(model, gpu, callers[i], threads[i], batch[i]));
            rate = Math.max(rate, best[i]);
        }
        return new RawYardstick(forms, rate);
    }

    private static double trial(Path model, boolean gpu, int callers, int threads, int batch) throws Exception {
        try (RawForm form = new RawForm(model, gpu, callers, threads, batch)) {
            form.sample(TRIAL.dividedBy(3));
            return form.sample(TRIAL).perSecond();
        }
    }

    String description() {
        return forms.stream().map(RawForm::toString).collect(Collectors.joining(" or "));
    }

    /** Images per second of the trial that won. */
    double perSecond() {
        return perSecond;
    }

    int height() {
        return forms.get(0).height();
    }

    int width() {
        return forms.get(0).width();
    }

    /** Each form for {@code each}; the faster one. */
    Rounds.Sample sample(Duration each) throws Exception {
        Rounds.Sample fastest = null;
        for (RawForm form : forms) {
            Rounds.Sample sample = form.sample(each);
            if (fastest == null || sample.perSecond() > fastest.perSecond()) {
                fastest = sample;
            }
        }
        return fastest;
    }

    @Override
    public void close() throws OrtException {
        for (RawForm form : forms) {
            form.close();
        }
    }
}
