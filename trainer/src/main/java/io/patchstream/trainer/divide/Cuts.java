package io.patchstream.trainer.divide;

import io.patchstream.trainer.data.Dataset;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
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
        CameraFrames cameras = new CameraFrames(dataset);
        Set<Integer> out = new TreeSet<>();
        for (List<Integer> frames : cameras.all()) {
            int first = 0;
            for (int k = 1; k <= frames.size(); k++) {
                if (k == frames.size() || !cameras.areNeighbours(frames.get(k - 1), frames.get(k), gap)) {
                    cut(frames.subList(first, k), cameras, gap, longest, out);
                    first = k;
                }
            }
        }
        return out.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void cut(List<Integer> run, CameraFrames cameras, Duration gap, Duration longest, Set<Integer> out) {
        Instant begin = cameras.time(run.get(0));
        Instant end = cameras.time(run.get(run.size() - 1));
        for (int frame : run) {
            long stretch = Duration.between(begin, cameras.time(frame)).dividedBy(longest);
            Instant cut = begin.plus(longest.multipliedBy(stretch + 1));
            // Nothing follows the last cut.
            if (!cut.isAfter(end) && !cameras.time(frame).isBefore(cut.minus(gap))) {
                out.add(frame);
            }
        }
    }
}
