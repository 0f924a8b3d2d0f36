package io.patchstream.bench.fault;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Resident memory of processors over their lives. For one thread. */
final class Memory {
    private static final double WARM_UP_SECONDS = 30;
    private static final double LEAST_SPAN_SECONDS = 60;

    private record Sample(double seconds, double mib) {}

    private final Map<Long, List<Sample>> byPid = new HashMap<>();
    private double maxMib;

    void sample(long pid, double ageSeconds, long bytes) {
        double mib = bytes / 1048576.0;
        maxMib = Math.max(maxMib, mib);
        if (bytes > 0 && ageSeconds > WARM_UP_SECONDS) {
            byPid.computeIfAbsent(pid, key -> new ArrayList<>()).add(new Sample(ageSeconds, mib));
        }
    }

    /** The most that any processor held, in MiB. */
    double maxMib() {
        return maxMib;
    }

    /** MiB a minute, by least squares, in the life that was sampled longest after its warm-up; NaN when none was a minute. */
    double slopeMibPerMinute() {
        List<Sample> longest = byPid.values().stream()
                .max((a, b) -> Double.compare(span(a), span(b)))
                .orElse(List.of());
        return span(longest) < LEAST_SPAN_SECONDS ? Double.NaN : 60 * slope(longest);
    }

    private static double span(List<Sample> life) {
        return life.isEmpty()
                ? 0
                : life.get(life.size() - 1).seconds() - life.get(0).seconds();
    }

    private static double slope(List<Sample> life) {
        double meanSeconds =
                life.stream().mapToDouble(Sample::seconds).average().orElseThrow();
        double meanMib = life.stream().mapToDouble(Sample::mib).average().orElseThrow();
        double covariance = 0;
        double variance = 0;
        for (Sample sample : life) {
            covariance += (sample.seconds() - meanSeconds) * (sample.mib() - meanMib);
            variance += (sample.seconds() - meanSeconds) * (sample.seconds() - meanSeconds);
        }
        return covariance / variance;
    }
}
