package io.patchstream.trainer.divide;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The frames of each camera in the order of time; examples of which camera or time is not known are left out. */
final class CameraFrames {
    private final Instant[] times;
    private final Map<String, List<Integer>> byCamera = new TreeMap<>();

    CameraFrames(Dataset dataset) {
        times = new Instant[dataset.size()];
        for (int i = 0; i < times.length; i++) {
            Origin origin = dataset.origin(i);
            if (!origin.camera().isEmpty() && origin.time().isPresent()) {
                times[i] = origin.time().get();
                byCamera.computeIfAbsent(origin.camera(), camera -> new ArrayList<>())
                        .add(i);
            }
        }
        byCamera.values().forEach(frames -> frames.sort(Comparator.comparing(i -> times[i])));
    }

    /** Each camera's frames, by index into the data set. */
    Collection<List<Integer>> all() {
        return byCamera.values();
    }

    /** When a frame was taken. */
    Instant time(int index) {
        return times[index];
    }

    /** Whether two frames of one camera, the earlier first, are no further apart than {@code gap}. */
    boolean areNeighbours(int before, int after, Duration gap) {
        return Duration.between(times[before], times[after]).compareTo(gap) <= 0;
    }
}
