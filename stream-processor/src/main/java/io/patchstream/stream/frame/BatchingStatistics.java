package io.patchstream.stream.frame;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an engine knows of its device, and how it has batched since it started.
 *
 * @param serviceCurve what batches take, by size; only sizes that were run
 * @param limit the largest batch at present: less than was set after the device ran out of memory
 * @param sizes how many batches went out, by size
 * @param waiting pictures that wait for a batch now
 * @param waitedSeconds how long all pictures that went out have waited together
 * @param shares how many pictures went out, by camera; those beyond the first {@value #CAMERAS} cameras under {@value #OTHERS}
 */
public record BatchingStatistics(
        List<ServicePoint> serviceCurve,
        int limit,
        SortedMap<Integer, Long> sizes,
        int waiting,
        double waitedSeconds,
        SortedMap<String, Long> shares) {
    /** How many cameras are counted by name. */
    public static final int CAMERAS = 1024;

    /** Stands for the cameras that are not. */
    public static final String OTHERS = "(others)";

    /**
     * s(b) at one size.
     *
     * @param batch b, pictures
     * @param seconds the mean
     * @param slowSeconds mean and twice the mean deviation, near the 95th percentile
     */
    public record ServicePoint(int batch, double seconds, double slowSeconds) {}

    public BatchingStatistics {
        serviceCurve = List.copyOf(serviceCurve);
        sizes = Collections.unmodifiableSortedMap(new TreeMap<>(sizes));
        shares = Collections.unmodifiableSortedMap(new TreeMap<>(shares));
    }

    /** Of an engine that does not batch. */
    public static BatchingStatistics none() {
        return new BatchingStatistics(
                List.of(), 1, new TreeMap<>(Map.<Integer, Long>of()), 0, 0, new TreeMap<>(Map.<String, Long>of()));
    }
}
