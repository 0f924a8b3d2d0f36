package io.patchstream.trainer.divide;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A camera that never pauses gives one run of frames, which could lie on one side only. Such a run is cut into stretches, and
 * the frames just before each cut are left out, so that the last of a stretch and the first of the next are further apart
 * than neighbours.
 */
public final class Cuts {
    private Cuts() {}

    /**
     * The examples to leave out.
     *
     * @param gap how close neighbours are; the frames of a gap before each cut go
     * @param longest runs that last longer are cut each time that this has passed; over {@code gap}
     * @return indices into the data set, in order
     */
    public static int[] leftOut(Dataset dataset, Duration gap, Duration longest) {
        if (longest.compareTo(gap) <= 0) {
            throw new IllegalArgumentException(
                    "the longest run is " + longest + "; it must be longer than the gap, " + gap);
        }
        Map<String, List<Integer>> byCamera = new TreeMap<>();
        Instant[] times = new Instant[dataset.size()];
        for (int i = 0; i < times.length; i++) {
            Origin origin = dataset.origin(i);
            if (!origin.camera().isEmpty() && origin.time().isPresent()) {
                times[i] = origin.time().get();
                byCamera.computeIfAbsent(origin.camera(), camera -> new ArrayList<>())
                        .add(i);
            }
        }
        Set<Integer> out = new TreeSet<>();
        for (List<Integer> frames : byCamera.values()) {
            frames.sort(Comparator.comparing(i -> times[i]));
            int first = 0;
            for (int k = 1; k <= frames.size(); k++) {
                boolean ends = k == frames.size()
                        || Duration.between(times[frames.get(k - 1)], times[frames.get(k)])
                                        .compareTo(gap)
                                > 0;
                if (ends) {
                    cut(frames.subList(first, k), times, gap, longest, out);
                    first = k;
                }
            }
        }
        return out.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void cut(List<Integer> run, Instant[] times, Duration gap, Duration longest, Set<Integer> out) {
        Instant begin = times[run.get(0)];
        Instant end = times[run.get(run.size() - 1)];
        for (int frame : run) {
            long stretch = Duration.between(begin, times[frame]).dividedBy(longest);
            Instant cut = begin.plus(longest.multipliedBy(stretch + 1));
            // Nothing follows the last cut.
            if (!cut.isAfter(end) && !times[frame].isBefore(cut.minus(gap))) {
                out.add(frame);
            }
        }
    }
}
