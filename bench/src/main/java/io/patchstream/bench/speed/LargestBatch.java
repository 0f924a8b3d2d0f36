package io.patchstream.bench.speed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The largest batch that fits into memory.
 *
 * @param pictures how many; 0 where not even one fits
 * @param shown whether a batch of so many ran and one that is larger by 2 % or one picture did not fit; else larger ones would
 *     have taken too long, and a line through the two largest that ran says so
 * @param limitMib what there was, in MiB; 0 on a GPU, where its own memory is the limit
 * @param tried all that were run, in that order
 */
record LargestBatch(int pictures, boolean shown, long limitMib, List<Tried> tried) {
    private static final double NEAR = 0.02;
    private static final int MOST_STEPS = 10;

    /**
     * A batch that was run.
     *
     * @param mib the most that its process had resident once the model was loaded; 0 where that is not known
     */
    record Tried(int pictures, boolean fits, double mib) {}

    /** Runs batches. */
    @FunctionalInterface
    interface Trial {
        Tried of(int pictures) throws IOException, InterruptedException;
    }

    LargestBatch {
        tried = List.copyOf(tried);
    }

    /**
     * Twice as many each time until they do not fit, then ever closer; where memory is known, by a line through what it was.
     *
     * @param most pictures that may be tried
     */
    static LargestBatch within(long limitMib, int most, Trial trial) throws IOException, InterruptedException {
        List<Tried> tried = new ArrayList<>();
        int fits = 0;
        int full = 0;
        for (int pictures = 1; full == 0 && pictures <= most; pictures *= 2) {
            tried.add(trial.of(pictures));
            if (tried.get(tried.size() - 1).fits()) {
                fits = pictures;
            } else {
                full = pictures;
            }
        }
        if (full == 0) {
            return new LargestBatch(Math.max(fits, byLine(limitMib, tried)), false, limitMib, tried);
        }
        for (int step = 0; step < MOST_STEPS && full - fits > Math.max(1, NEAR * fits); step++) {
            int line = byLine(limitMib, tried);
            int above = fits + Math.max(1, (int) (NEAR * fits));
            int next = line < fits || line >= full ? (fits + full) / 2 : Math.max(line, above);
            tried.add(trial.of(next));
            if (tried.get(tried.size() - 1).fits()) {
                fits = next;
            } else {
                full = next;
            }
        }
        return new LargestBatch(fits, full - fits <= Math.max(1, NEAR * fits), limitMib, tried);
    }

    /** Where the line through the two largest that fitted meets the limit; 0 where there is no such line. */
    private static int byLine(long limitMib, List<Tried> tried) {
        List<Tried> largest = tried.stream()
                .filter(each -> each.fits() && each.mib() > 0)
                .sorted(Comparator.comparingInt(Tried::pictures).reversed())
                .limit(2)
                .toList();
        if (largest.size() < 2 || largest.get(0).mib() <= largest.get(1).mib()) {
            return 0;
        }
        Tried a = largest.get(0);
        Tried b = largest.get(1);
        double each = (a.mib() - b.mib()) / (a.pictures() - b.pictures());
        return (int) (a.pictures() + (limitMib - a.mib()) / each);
    }
}
