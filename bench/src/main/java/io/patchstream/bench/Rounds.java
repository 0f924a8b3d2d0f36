package io.patchstream.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Runs what is compared in interleaved rounds: a, b, c, a, b, c, and so on, so that what else the machine does meets all
 * of them. The first round warms up and does not count.
 */
public final class Rounds {
    private final int rounds;
    private final Duration each;
    private final Map<String, Work> works = new LinkedHashMap<>();

    /** Something that does items for a while. */
    @FunctionalInterface
    interface Work {
        /** Works until {@code System.nanoTime()} is past the deadline; returns how many items it did. */
        long until(long nanoDeadline) throws Exception;
    }

    /**
     * One round of one work.
     *
     * @param perSecond items per second
     * @param cpuMillis CPU time of the whole process per item, in milliseconds
     */
    record Sample(double perSecond, double cpuMillis) {}

    /** The rounds of one work. */
    record Series(List<Sample> samples) {
        double perSecond() {
            return median(Sample::perSecond);
        }

        double cpuMillis() {
            return median(Sample::cpuMillis);
        }

        double leastCpuMillis() {
            return samples.stream().mapToDouble(Sample::cpuMillis).min().orElseThrow();
        }

        double mostPerSecond() {
            return samples.stream().mapToDouble(Sample::perSecond).max().orElseThrow();
        }

        private double median(ToDoubleFunction<Sample> value) {
            return Rounds.median(samples.stream().mapToDouble(value).toArray());
        }
    }

    Rounds(int rounds, Duration each) {
        this.rounds = rounds;
        this.each = each;
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The middle of them, or the mean of the two that are. */
    public static double median(List<Double> values) {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    void add(String name, Work work) {
        works.put(name, work);
    }

    /** Measures; the series by name, in the order in which they were added. */
    Map<String, Series> run() throws Exception {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        works.keySet().forEach(name -> samples.put(name, new ArrayList<>()));
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, Work> work : works.entrySet()) {
                Sample sample = measure(work.getValue(), each);
                if (round > 0) {
                    samples.get(work.getKey()).add(sample);
                }
            }
        }
        Map<String, Series> series = new LinkedHashMap<>();
        samples.forEach((name, list) -> series.put(name, new Series(list)));
        return series;
    }

    /** One sample: works for about {@code each}. */
    static Sample measure(Work work, Duration each) throws Exception {
        long start = System.nanoTime();
        long cpuStart = cpuNanos();
        long items = work.until(start + each.toNanos());
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Sample(items / seconds, (cpuNanos() - cpuStart) / 1e6 / items);
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
